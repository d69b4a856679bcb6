import type { Identity } from "../../src/http/identity.ts";
import type { HttpOptions } from "../../src/http/handler.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import type { TidingsOptions } from "../../src/tidingsOptions.ts";
import * as boardEvents from "./boardEvents.ts";
import { createTestPglite, type TestDatabase } from "./testDatabase.ts";

export interface TestApi {
  readonly tidings: Tidings;
  readonly drop: () => Promise<void>;
  /** Asks as `user:ann` of `acme` with the role `reader`, unless `as` says otherwise; null asks as nobody. */
  readonly get: (path: string, options?: RequestOptions) => Promise<Response>;
  /** Sends JSON, as a `writer` unless `as` says otherwise. */
  readonly post: (path: string, body: unknown, options?: RequestOptions) => Promise<Response>;
  /** Gives positions to everything recorded so far. */
  readonly number: () => Promise<void>;
}

export interface RequestOptions {
  readonly as?: Partial<Identity> | null | undefined;
  readonly headers?: Record<string, string> | undefined;
  readonly method?: string | undefined;
}

export interface TestApiOptions {
  readonly http?: Omit<HttpOptions, "authorize"> | undefined;
  /** Default: `identityIn`. */
  readonly authorize?: HttpOptions["authorize"];
  readonly events?: TidingsOptions["events"] | undefined;
  readonly languages?: TidingsOptions["languages"] | undefined;
  readonly database?: TestDatabase | undefined;
  readonly webhooks?: TidingsOptions["webhooks"] | undefined;
  readonly projections?: TidingsOptions["projections"] | undefined;
  readonly actions?: TidingsOptions["actions"] | undefined;
  readonly replay?: TidingsOptions["replay"] | undefined;
  readonly account?: string | undefined;
  readonly secretKey?: string | undefined;
}

/** An app's HTTP API over the board's events. Who asks is written in the Authorization header. */
export async function createTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const database = options.database ?? (await createTestPglite());
  const tidings = createTidings<unknown>({
    db: database.db,
    events: options.events ?? boardEvents.events,
    languages: options.languages,
    http: { ...options.http, authorize: options.authorize ?? identityIn },
    webhooks: options.webhooks,
    projections: options.projections,
    actions: options.actions,
    replay: options.replay,
    account: options.account,
    secretKey: options.secretKey,
  });
  const send = async (path: string, as: Partial<Identity> | null, init: RequestInit) => {
    const headers = new Headers(init.headers);
    if (as !== null) headers.set("authorization", authorizationOf(as));
    return tidings.handler(new Request(`https://app.example.com${path}`, { ...init, headers }));
  };
  return {
    tidings,
    get: (path, { as = {}, headers = {}, method = "GET" } = {}) => send(path, as, { method, headers }),
    post: (path, body, { as = writer, headers = {}, method = "POST" } = {}) =>
      send(path, as, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    number: async () => void (await tidings.work()),
    drop: async () => {
      await tidings.stop();
      await database.drop();
    },
  };
}

const writer: Partial<Identity> = { role: "writer" };

const ann: Identity = {
  account: "acme",
  actor: { type: "user", id: "ann", label: "Ann" },
  role: "reader",
};

export function authorizationOf(identity: Partial<Identity>): string {
  return `Test ${encodeURIComponent(JSON.stringify({ ...ann, ...identity }))}`;
}

/** What `authorizationOf` wrote. */
export function identityIn(request: Request): Identity | null {
  const written = request.headers.get("authorization")?.slice("Test ".length);
  return written === undefined ? null : (JSON.parse(decodeURIComponent(written)) as Identity);
}

/** A move as a client sends it. */
export function aMoveAsJson(id: string | number = 1, position = 1) {
  return {
    type: "card.moved",
    subject: { type: "card", id: String(id), label: `Card ${id}` },
    refs: {
      from: { type: "column", id: "todo", label: "To do" },
      to: { type: "column", id: "done", label: "Done" },
    },
    data: { position },
  };
}
