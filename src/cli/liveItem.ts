import type { Lane, Severity } from "../events/defineEvent.ts";
import type { Style, Terminal } from "./terminal.ts";
import { printable } from "./terminal.ts";

/** A feed item with its position, as JSON carries it: what `/live` sends and `tail --json` prints. */
export interface LiveItem {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly lane: Lane;
  readonly severity: Severity;
  /** ISO time. */
  readonly occurredAt: string;
  readonly text: string;
}

const LANE_STYLES: Readonly<Record<Lane, Style>> = {
  domain: "blue",
  change: "yellow",
  client: "cyan",
  system: "gray",
};

/** `14:02:11  domain  card.moved            Ann moved Fix the login from To do to Doing  #42` */
export function itemLine(item: LiveItem, now: Date, { paint }: Terminal): string {
  const severity =
    item.severity === "info" ? "" : `${paint(item.severity === "error" ? "red" : "yellow", item.severity)} `;
  return [
    paint("dim", timeOf(new Date(item.occurredAt), now)),
    paint(LANE_STYLES[item.lane] ?? "gray", printable(item.lane).padEnd(6)),
    paint("bold", printable(item.type).padEnd(20)),
    severity + printable(item.text),
    paint("dim", `#${item.position}`),
  ].join("  ");
}

/** In the operator's zone; with the day where that is not today. */
function timeOf(time: Date, now: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(two).join("-");
  return time.toDateString() === now.toDateString() ? clock : `${day} ${clock}`;
}
