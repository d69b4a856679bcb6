import { setTimeout as passes } from "node:timers/promises";
import type { Call } from "./command.ts";
import { printable } from "./terminal.ts";
import type { DeliveryAnswer, DeliveryDetailsAnswer, WebhooksApi } from "./webhooksApi.ts";

/** Looks this often, for so long: the longest timeout that an endpoint can have, and a worker's turn. */
const LOOK_EVERY_MS = 250;
const WITHIN_MS = 35_000;

/** Waits until a delivery was tried once more, prints what came of it, and gives the exit code: 0 when it was delivered. */
export async function showOutcome(call: Call, api: WebhooksApi, before: DeliveryAnswer): Promise<number> {
  const { terminal } = call;
  const tried = call.has("no-wait") ? null : await nextTry(call, api, before);
  if (call.has("json")) terminal.print(JSON.stringify(tried ?? before));
  else if (tried) terminal.print(outcomeLine(tried, call));
  else terminal.print(`${terminal.paint("bold", before.id)} ${before.state}`);
  if (call.has("no-wait")) return 0;
  if (!tried) {
    terminal.note(`Not tried within ${WITHIN_MS / 1_000} s. Does a worker run? await tidings.start()`);
    return 1;
  }
  return tried.history.at(-1)?.failure === null ? 0 : 1;
}

async function nextTry(
  { terminal }: Call,
  api: WebhooksApi,
  before: DeliveryAnswer,
): Promise<DeliveryDetailsAnswer | null> {
  const until = performance.now() + WITHIN_MS;
  terminal.progress(`${before.id} is under way …`);
  do {
    const now = await api.ask<DeliveryDetailsAnswer>("GET", `deliveries/${before.id}`);
    if (now.attempts > before.attempts && now.history.length > 0) return now;
    await passes(LOOK_EVERY_MS);
  } while (performance.now() < until);
  return null;
}

/** `dlv_… delivered: 200 in 12 ms`, `dlv_… retrying: timeout after 15001 ms` */
function outcomeLine(delivery: DeliveryDetailsAnswer, { terminal: { paint } }: Call): string {
  const attempt = delivery.history.at(-1)!;
  const style = attempt.failure === null ? "green" : "red";
  const what = attempt.failure === null || attempt.failure === "status" ? attempt.status : attempt.failure;
  const detail = attempt.detail === null ? "" : ` (${printable(attempt.detail)})`;
  return `${paint("bold", delivery.id)} ${paint(style, delivery.state)}: ${what} after ${Math.round(attempt.durationMs)} ms${detail}`;
}
