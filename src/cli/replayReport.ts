import type { TableDifference } from "../replay/compareTables.ts";
import type { ReplayProgress } from "../replay/replayOptions.ts";
import type { ReplayReport } from "../replay/replayReport.ts";
import type { ReplayCount } from "../replay/replayTally.ts";
import { printable, type Terminal } from "./terminal.ts";

const numbers = new Intl.NumberFormat("en");

/** `replaying 12,400 events · 3,100/s · at 41,000 of 100,000, 41 % · 0:06 left` */
export function progressLine(progress: ReplayProgress): string {
  const { phase, events, position, lastPosition, perSecond, millisecondsLeft } = progress;
  if (phase !== "replaying") return `${PHASES[phase]} …`;
  return [
    `${PHASES[phase]} ${counted(events, "event")}`,
    `${numbers.format(perSecond)}/s`,
    ...(lastPosition > 0
      ? [
          `at ${numbers.format(position)} of ${numbers.format(lastPosition)}, ${Math.floor((position / lastPosition) * 100)} %`,
        ]
      : []),
    ...(millisecondsLeft === null ? [] : [`${clock(millisecondsLeft)} left`]),
  ].join(" · ");
}

const PHASES = {
  waiting: "waiting for actions under way",
  clearing: "emptying the tables",
  replaying: "replaying",
  comparing: "comparing tables",
} as const;

/** What a person reads of a replay. */
export function reportLines(report: ReplayReport, terminal: Terminal): string[] {
  return [
    ...report.counts.map((count) => countLine(count, terminal)),
    ...report.setAside.first.map(({ position, code, message }) =>
      terminal.paint("dim", `    position ${position}: ${code} ${printable(message)}`),
    ),
    ...(report.tables ?? []).flatMap((table) => tableLines(table, terminal)),
    summary(report, terminal),
  ];
}

const MARKS = { action: "✓", route: "✓", ignored: "–", unknown: "✗", failed: "✗" } as const;

function countLine({ type, version, events, by, detail }: ReplayCount, { paint }: Terminal): string {
  const mark = MARKS[by];
  const how = {
    action: "",
    route: `  → ${detail}`,
    ignored: `  ignored: ${detail}`,
    unknown: `  ${detail}`,
    failed: `  ${detail}`,
  }[by];
  const style = mark === "✓" ? "green" : mark === "–" ? "dim" : "red";
  return `${paint(style, mark)} ${numbers.format(events).padStart(9)}  ${printable(type)} v${version}${printable(how)}`;
}

function tableLines(
  { table, same, missing, extra, different, rows }: TableDifference,
  { paint }: Terminal,
): string[] {
  if (missing + extra + different === 0)
    return [`${paint("green", "=")} ${table}: ${counted(same, "row")} the same`];
  const differences = [
    different > 0 && `${numbers.format(different)} different`,
    missing > 0 && `${numbers.format(missing)} missing in the replay`,
    extra > 0 && `${numbers.format(extra)} only in the replay`,
  ].filter(Boolean);
  return [
    `${paint("red", "≠")} ${table}: ${differences.join(", ")}, ${numbers.format(same)} the same`,
    ...rows.map(({ kind, key, fields }) => {
      const name = Object.values(key).join(", ");
      const changes = fields.map(
        ({ name: field, present, replayed }) => `${field} ${shown(present)} → ${shown(replayed)}`,
      );
      return printable(`    ${kind} ${name}${kind === "different" ? `: ${changes.join(", ")}` : ""}`);
    }),
  ];
}

function shown(value: string | null | undefined): string {
  return value === undefined ? "" : value === null ? "null" : JSON.stringify(value);
}

function summary(
  { dryRun, replayed, position, clears, resumed, milliseconds, setAside }: ReplayReport,
  { paint }: Terminal,
): string {
  const aside = setAside.total > 0 ? `, ${counted(setAside.total, "event")} set aside` : "";
  if (dryRun) {
    const emptied =
      clears === null
        ? "nothing says what to empty, so not in place"
        : clears === "function"
          ? "after your clear function"
          : `after emptying ${clears.join(", ")}`;
    return `Would replay ${counted(replayed, "event")} up to position ${position}${aside}; ${emptied}`;
  }
  const again = resumed ? " (went on with one that was not finished)" : "";
  return `${paint("green", "✓")} replayed ${counted(replayed, "event")} up to position ${position} in ${clock(milliseconds)}${aside}${again}`;
}

function counted(count: number, noun: string): string {
  return `${numbers.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `0:06`, `12:40`, `3:05:00` */
function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, ...rest] = parts as [number, number, number];
  const text = rest.map((part) => String(part).padStart(2, "0")).join(":");
  return hours > 0 ? `${hours}:${text}` : text.replace(/^0/, "");
}
