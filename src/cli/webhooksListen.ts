import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { listenOnLoopback, portOf } from "./listenOnLoopback.ts";
import { untilInterrupted } from "./untilInterrupted.ts";
import { arrivalLines, type Arrival } from "./webhooksArrival.ts";
import { createVerifier, type ReceivedRequest } from "../webhooks/verifyRequest.ts";

export const webhooksListen: Command = {
  name: "webhooks listen",
  summary: "Receives webhooks on this machine, verifies and prints them",
  usage: "[options]",
  about:
    "Answers 200 to what is signed with one of the secrets, and 400 to what is not. With --fail it misbehaves, so that you " +
    "see retries, the breaker and disabling at work. Only this machine can reach it: run your app with tidings dev, or let " +
    "createTidings({ webhooks }) allow 127.0.0.1 while you try it.",
  options: {
    port: { value: "N", description: "Default: 4400. 0 takes a free one." },
    secret: {
      value: "S",
      repeated: true,
      description:
        "whsec_…, whsk_… or whpk_…. Default: TIDINGS_WEBHOOK_SECRET; without any, nothing is verified.",
    },
    fail: {
      value: "HOW",
      description: "A status such as 503 or 410, timeout (never answers), or reset (hangs up).",
    },
    times: { value: "N", description: "Fails only the first N requests. Default: all of them." },
    limit: { value: "N", description: "Ends after this many requests." },
  },
  examples: [
    ["tidings webhooks listen --secret whsec_…", "Shows what comes, and whether its signature is right."],
    ["tidings webhooks listen --secret whsec_… --fail 503 --times 2", "Fails twice, to see the retries."],
    ["tidings webhooks listen --port 0 --json | jq .body", "For programs: one line a request."],
  ],
  failsWhen: "the port is taken",
  run: async (call) => {
    const settings = settingsOf(call);
    const verify = verifierOf(settings.secrets);
    await untilInterrupted(call, (stop) => listen(settings, verify, call, stop));
    return 0;
  },
};

type Failure = { readonly status: number } | "timeout" | "reset";

interface Settings {
  readonly port: number;
  readonly secrets: readonly string[];
  readonly fail: Failure | null;
  readonly times: number;
  readonly limit: number;
}

function settingsOf(call: Call): Settings {
  const fail = call.text("fail");
  if (fail === undefined && call.has("times")) throw new CliError("USAGE", "--times goes with --fail");
  const given = call.texts("secret");
  const fallback = call.terminal.environment["TIDINGS_WEBHOOK_SECRET"];
  return {
    port: portOf(call, 4400),
    secrets: given.length > 0 ? given : fallback ? [fallback] : [],
    fail: fail === undefined ? null : failureOf(fail),
    times: call.wholeNumber("times") ?? Infinity,
    limit: call.wholeNumber("limit") ?? Infinity,
  };
}

function failureOf(text: string): Failure {
  if (text === "timeout" || text === "reset") return text;
  if (/^[3-5]\d\d$/.test(text)) return { status: Number(text) };
  throw new CliError("USAGE", `--fail must be a status from 300 to 599, timeout or reset, not "${text}"`);
}

function verifierOf(secrets: readonly string[]): Verify {
  try {
    return createVerifier(secrets);
  } catch (cause) {
    throw new CliError("USAGE", "--secret must be what the endpoint shows: whsec_…, whsk_… or whpk_…", {
      cause,
    });
  }
}

type Verify = ReturnType<typeof createVerifier>;

async function listen(settings: Settings, verify: Verify, call: Call, stop: AbortController): Promise<void> {
  const { terminal } = call;
  let count = 0;
  const server = createServer((request, response) => {
    void receive(request).then((received) => {
      if (received === null) return request.destroy();
      const number = ++count;
      const verdict = verify(received);
      const fails = settings.fail !== null && number <= settings.times;
      const answered = fails
        ? settings.fail!
        : { status: verdict === "ok" || verdict === "not_checked" ? 200 : 400 };
      const arrival: Arrival = { number, at: new Date(), ...received, verdict, answered: wordOf(answered) };
      if (call.has("json")) terminal.print(JSON.stringify({ ...arrival, body: received.body.toString() }));
      else for (const line of arrivalLines(arrival, terminal)) terminal.print(line);
      answer(response, answered, verdict);
      if (number >= settings.limit) response.on("close", () => stop.abort());
    });
  });
  const url = await listenOnLoopback(server, settings.port);
  const checks = settings.secrets.length > 0 ? "verifying signatures" : "not verifying: no --secret";
  terminal.print(
    call.has("json") ? JSON.stringify({ listening: url }) : `Listening on ${url}, ${checks}. Ctrl-C ends`,
  );
  if (!stop.signal.aborted) await once(stop.signal, "abort");
  server.closeAllConnections();
  server.close();
}

/** No webhook of ours is larger than an event's 64 KiB and its envelope. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Null where the body is too large or ends early. */
async function receive(request: IncomingMessage): Promise<ReceivedRequest | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
  return { headers, body: Buffer.concat(chunks) };
}

function answer(response: ServerResponse, how: Failure, verdict: string): void {
  if (how === "timeout") return; // the connection is closed by the sender, or at the end
  if (how === "reset") return void response.socket?.resetAndDestroy();
  response.writeHead(how.status, { "content-type": "text/plain" }).end(how.status === 400 ? verdict : "");
}

function wordOf(how: Failure): string {
  return typeof how === "string" ? how : String(how.status);
}
