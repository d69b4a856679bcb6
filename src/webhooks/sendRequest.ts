import { EventEmitter } from "node:events";
import type { Dispatcher, Pool } from "undici";
import { isTidingsError } from "../errors.ts";
import type { AddressGuard } from "./addressGuard.ts";
import { AttemptError, type AttemptFailure } from "./failureWords.ts";
import { createOriginPools, type OriginPools } from "./originPools.ts";
import { readBody } from "./responseBody.ts";
import { exchangeFailure } from "./wireFailure.ts";

export type { AttemptFailure } from "./failureWords.ts";

export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Connection, head and body of the answer together. */
  readonly timeoutMs: number;
}

/** Names in lower case; a list where a header came more than once. */
export type HeaderList = Readonly<Record<string, string | readonly string[]>>;

export interface RequestResult {
  /** Null when the endpoint did not get as far as a status. */
  readonly status: number | null;
  /** Null for 2xx. */
  readonly failure: AttemptFailure | null;
  /** For people; says nothing about addresses and ports. */
  readonly detail: string | null;
  readonly durationMs: number;
  readonly responseHeaders: HeaderList | null;
  /** The first 16 KiB as they came: perhaps compressed, perhaps not text. */
  readonly responseBody: Buffer | null;
  readonly truncated: boolean;
}

export interface SenderOptions {
  guard: AddressGuard;
  /** Sent as user-agent: `Tidings-Webhooks/1.2.3`. */
  userAgent: string;
  /** Authorities (PEM) that are trusted instead of node's own list. Default: that list. */
  caCertificates?: readonly string[] | undefined;
  /** Accepts every certificate: whoever stands in between can read and answer. Default false. */
  unsafeTls?: boolean | undefined;
}

export interface Sender {
  /** Makes one request and never a second one. Never rejects: what went wrong is in the result. */
  send(request: OutgoingRequest): Promise<RequestResult>;
  /** Lets requests under way finish, and closes the connections. */
  close(): Promise<void>;
}

/** URLs kept with what they lead to, so that a busy endpoint's is not parsed and judged thousands of times a second. */
const MOST_TARGETS = 1_000;

type Target = { readonly origin: string; readonly path: string } | AttemptError;

export function createSender({ guard, userAgent, caCertificates, unsafeTls = false }: SenderOptions): Sender {
  const ca = caCertificates === undefined ? {} : { ca: [...caCertificates] };
  let pools: OriginPools | undefined;
  const targets = new Map<string, Target>();

  return {
    async send(request) {
      const started = performance.now();
      const target = targetOf(request.url);
      if (target instanceof AttemptError) return failed(target, started);
      const options = {
        method: "POST",
        path: target.path,
        headers: { ...request.headers, "user-agent": userAgent, "accept-encoding": "identity" },
        body: request.body,
      } as const;
      try {
        pools ??= await openPools();
        const response = await answerTo(pools.of(target.origin), options, request.timeoutMs);
        const body = await readBody(response.body, request.timeoutMs - (performance.now() - started));
        return {
          status: response.statusCode,
          ...judge(response.statusCode),
          durationMs: since(started),
          responseHeaders: response.headers as HeaderList,
          responseBody: body.bytes,
          truncated: body.truncated,
        };
      } catch (error) {
        return failed(exchangeFailure(error), started);
      }
    },
    close: async () => pools?.close(),
  };

  // Loaded by the first request: a process that sends nothing needs no HTTP client, and a config file that another loader
  // (tsx's, for CommonJS) reads would bring a second copy of undici, which does not work beside a first one.
  async function openPools(): Promise<OriginPools> {
    const { Pool, buildConnector } = await import("undici");
    const connect = guard.connector(buildConnector, { rejectUnauthorized: !unsafeTls, ...ca });
    return (pools ??= createOriginPools((origin, settings) => new Pool(origin, { ...settings, connect })));
  }

  function targetOf(url: string): Target {
    const kept = targets.get(url);
    if (kept !== undefined) return kept;
    const target = readTarget(guard, url);
    if (targets.size >= MOST_TARGETS) targets.delete(targets.keys().next().value!);
    targets.set(url, target);
    return target;
  }
}

/** Judged again although it was when the endpoint was made: the options may be stricter since. */
function readTarget(guard: AddressGuard, url: string): Target {
  try {
    const { origin, pathname, search } = guard.checkUrl(url);
    return { origin, path: pathname + search };
  } catch (error) {
    if (!isTidingsError(error)) throw error;
    const failure = error.code === "ADDRESS_REFUSED" ? "refused_address" : "bad_url";
    return new AttemptError(failure, error.detail ?? error.message);
  }
}

/** The status and headers, or an AttemptError after `timeoutMs`, whatever the request is doing by then. */
function answerTo(
  pool: Pool,
  options: Dispatcher.RequestOptions,
  timeoutMs: number,
): Promise<Dispatcher.ResponseData> {
  return new Promise((resolve, reject) => {
    // undici takes an emitter where it takes an AbortSignal, which is several times as dear to make.
    const signal = new EventEmitter();
    const timer = setTimeout(() => {
      // Rejected here, because undici notices an abort only once there is a connection. It then sends nothing.
      reject(new AttemptError("timeout", `no answer within ${timeoutMs} ms`));
      signal.emit("abort");
    }, timeoutMs);
    pool.request({ ...options, signal }, (error, response) => {
      clearTimeout(timer);
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

/** Redirects are failures: whoever follows one goes where nobody has looked. */
function judge(status: number): { failure: AttemptFailure | null; detail: string | null } {
  if (status >= 200 && status < 300) return { failure: null, detail: null };
  if (status >= 300 && status < 400) {
    return { failure: "redirect", detail: `answered ${status}; redirects are not followed` };
  }
  return { failure: "status", detail: `answered ${status}` };
}

function failed({ failure, detail }: AttemptError, started: number): RequestResult {
  return {
    status: null,
    failure,
    detail,
    durationMs: since(started),
    responseHeaders: null,
    responseBody: null,
    truncated: false,
  };
}

const since = (started: number) => Math.round(performance.now() - started);
