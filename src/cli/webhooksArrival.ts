import { printable, type Style, type Terminal } from "./terminal.ts";
import type { ReceivedRequest, Verdict } from "../webhooks/verifyRequest.ts";

/** One request at `webhooks listen`, and what was answered. */
export interface Arrival extends ReceivedRequest {
  readonly number: number;
  readonly at: Date;
  readonly verdict: Verdict;
  /** A status, `timeout` or `reset`. */
  readonly answered: string;
}

const VERDICTS: Readonly<Record<Verdict, readonly [Style, string]>> = {
  ok: ["green", "✓ verified"],
  not_checked: ["yellow", "· not verified"],
  unsigned: ["red", "✗ unsigned"],
  wrong_signature: ["red", "✗ wrong signature"],
  too_old: ["red", "✗ timestamp off by more than 5 min"],
};

/** `09:30:01  card.moved  msg_…  ✓ verified  → 200`, and the body below it, indented. */
export function arrivalLines(
  { at, headers, body, verdict, answered }: Arrival,
  { paint }: Terminal,
): string[] {
  const text = body.toString();
  const json = parsed(text);
  const [style, words] = VERDICTS[verdict];
  const head = [
    paint("dim", at.toTimeString().slice(0, 8)),
    paint("bold", printable(typeOf(json, headers))),
    printable(headers["webhook-id"] ?? "no id"),
    paint(style, words),
    paint(answered === "200" ? "green" : "yellow", `→ ${answered}`),
  ].join("  ");
  const shown = json === undefined ? text : JSON.stringify(json, null, 2);
  return [head, ...shown.split("\n").map((line) => `    ${printable(line)}`)];
}

/** In the body, or where the format keeps it in a header. */
function typeOf(json: unknown, headers: ReceivedRequest["headers"]): string {
  const inBody = typeof json === "object" && json !== null && "type" in json ? json.type : undefined;
  if (typeof inBody === "string") return inBody;
  return headers["ce-type"] ?? headers["x-webhook-event"] ?? headers["x-github-event"] ?? "no type";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
