import { isEventId } from "../log/eventId.ts";
import type { ReplayOptions } from "../replay/replayOptions.ts";
import type { ReplayReport } from "../replay/replayReport.ts";
import type { ReplayUntil } from "../replay/until.ts";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { entityKey } from "./entityKey.ts";
import { definitionOptions, requireTidings } from "./project.ts";
import { progressLine, reportLines } from "./replayReport.ts";
import { parseMoment } from "./time.ts";
import { untilInterrupted } from "./untilInterrupted.ts";

export const replayCommand: Command = {
  name: "replay",
  summary: "Does again what the log says: as a rehearsal, into a scratch database, or in place",
  usage: "--dry-run | --into scratch | --in-place [options]",
  about:
    "A replay runs your actions with what they were given and captured then; nothing with an effect runs again. In place it " +
    "first empties your tables by the clear function of createTidings({ replay }), and your app performs no action until it is " +
    "done. One that was interrupted goes on where it was when you give the same command again.",
  options: {
    "dry-run": { description: "Only says what would be replayed, by what, and what would be emptied." },
    into: {
      value: "scratch",
      description: "Replays into a scratch database and compares its tables with the present ones.",
    },
    "in-place": { description: "Empties your tables and builds them anew." },
    until: {
      value: "UNTIL",
      description: "Up to a position, the id of an event, or a time: 2h, 7d ago, or 2026-11-20T09:30Z.",
    },
    account: { value: "A", description: "Only this account's events. Default: every account's." },
    subject: { value: "ENTITY", description: "Only actions on this entity: card:1." },
    types: { value: "T,…", repeated: true, description: "Only these actions: user.create, user.*." },
    compare: {
      value: "TABLE,…",
      repeated: true,
      description: "The tables to compare. Default: those of createTidings({ replay: { tables } }).",
    },
    "set-aside": { description: "Passes over what cannot be replayed, and lists it, instead of stopping." },
    batch: { value: "N", description: "Events a transaction. Default 500." },
    restart: { description: "Begins anew instead of going on with one that was not finished." },
    config: definitionOptions["config"]!,
  },
  examples: [
    ["tidings replay --dry-run", "What there is, and whether all of it can be replayed."],
    ["tidings replay --into scratch", "Whether the log still gives the tables that you have."],
    ["tidings replay --into scratch --until 2h --account acme", "What changed in two hours, row by row."],
    ["tidings replay --in-place", "Builds your tables anew."],
  ],
  failsWhen: "the replay stopped, something could not be replayed, or tables differ",
  run: async (call) => {
    const options = optionsOf(call);
    const tidings = await requireTidings(call);
    const { print, progress } = call.terminal;
    let report: ReplayReport | undefined;
    await untilInterrupted(call, async ({ signal }) => {
      const onProgress: ReplayOptions["onProgress"] = (now) => progress(progressLine(now));
      report = await tidings.replay({ ...options, signal, onProgress }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
        return undefined;
      });
    });
    if (!report)
      throw new CliError("INTERRUPTED", "The replay was stopped. The same command goes on from there");
    if (call.has("json")) print(JSON.stringify(report));
    else for (const line of reportLines(report, call.terminal)) print(line);
    const stops = report.setAside.total > 0 && !call.has("set-aside");
    return stops || report.tables?.some(({ missing, extra, different }) => missing + extra + different > 0)
      ? 1
      : 0;
  },
};

function optionsOf(call: Call): ReplayOptions {
  const into = call.text("into");
  if (into !== undefined && into !== "scratch")
    throw new CliError("USAGE", `--into knows "scratch", not "${into}"`);
  const ways = [call.has("dry-run"), into !== undefined, call.has("in-place")].filter(Boolean);
  if (ways.length !== 1)
    throw new CliError(
      "USAGE",
      "Pass one of --dry-run, --into scratch and --in-place. See: tidings replay --help",
    );
  const compare = call.list("compare");
  if (compare && into === undefined) throw new CliError("USAGE", "--compare goes with --into scratch");
  const until = call.text("until");
  const subject = call.text("subject");
  return {
    dryRun: call.has("dry-run"),
    restart: call.has("restart"),
    strict: !call.has("set-aside"),
    until: until === undefined ? undefined : untilOf(until),
    account: call.text("account"),
    subject: subject === undefined ? undefined : entityKey("--subject", subject),
    types: call.list("types"),
    batch: call.wholeNumber("batch"),
    ...(into !== undefined && { into, compare: compare ?? true }),
  };
}

function untilOf(text: string): ReplayUntil {
  if (/^\d+$/.test(text)) return { position: Number(text) };
  return isEventId(text) ? { eventId: text } : { time: parseMoment("--until", text) };
}
