import { examine } from "../doctor.ts";
import { worst } from "../log/doctor.ts";
import type { Finding } from "../log/doctor/finding.ts";
import { CliError } from "./cliError.ts";
import type { Command } from "./command.ts";
import { connectionOptions, withDatabase } from "./connect.ts";
import { definitionOptions } from "./project.ts";
import { serverOf, serverOptions } from "./server.ts";
import { serverFindings } from "./serverFindings.ts";
import { printable, type Style, type Terminal } from "./terminal.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "Says what is well with the log and webhooks, what is not, and what to do",
  usage: "[options]",
  about:
    "Looks at the tables, the sequencer and what holds it, subscriptions and parked events, partitions, old " +
    "transactions, indexes and grants; at the webhooks' queue, endpoints, jobs and payloads. Changes nothing. With " +
    "--server the app examines itself, for the role operator; whoever is none learns only whether it is healthy.",
  options: { ...connectionOptions, ...serverOptions, config: definitionOptions["config"]! },
  examples: [
    ["tidings doctor", "One line for each check, with the fix under it."],
    ["tidings doctor --json | jq '.findings[] | select(.status != \"fine\")'", "For a monitor."],
  ],
  failsWhen: "something is bad; a warning alone is no failure",
  run: async (call) => {
    const server = serverOf(call);
    call.terminal.progress("examining …");
    const findings = server ? await serverFindings(server) : await withDatabase(call, examine);
    if (findings.length === 0) throw new CliError("UNEXPECTED", "Nothing was examined");
    const status = worst(findings);
    if (call.has("json")) call.terminal.print(JSON.stringify({ status, findings }));
    else for (const line of findingLines(findings, call.terminal)) call.terminal.print(line);
    return status === "bad" ? 1 : 0;
  },
};

/** A mark and a word: neither colour nor shape alone tells the status. */
const MARKS: Readonly<Record<Finding["status"], { mark: string; style: Style }>> = {
  fine: { mark: "✓", style: "green" },
  warning: { mark: "!", style: "yellow" },
  bad: { mark: "✗", style: "red" },
};

function findingLines(findings: readonly Finding[], { paint }: Terminal): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.flatMap(({ check, status, summary, fix }) => {
    const { mark, style } = MARKS[status];
    const line = `${paint(style, `${mark} ${status.padEnd(7)}`)}  ${check.padEnd(width)}  ${printable(summary)}`;
    return fix === null ? [line] : [line, `${" ".repeat(13 + width)}${paint("dim", "→")} ${printable(fix)}`];
  });
}
