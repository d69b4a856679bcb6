import { readGenerations } from "../replay/generations.ts";
import { createProjectionStates, type ProjectionState } from "../replay/projectionState.ts";
import type { Command } from "./command.ts";
import { connectionOptions, withLog } from "./connect.ts";
import { definitionOptions } from "./project.ts";
import { printable, type Style, type Terminal } from "./terminal.ts";

export const projections: Command = {
  name: "projections",
  summary: "Lists the projections and how far they are",
  usage: "[options]",
  options: { ...connectionOptions, config: definitionOptions["config"]! },
  examples: [
    ["tidings projections", "Name, version, position and who works on it, a line each."],
    ["tidings projections --json | jq '.items[] | select(.worker == \"stopped\")'", "Those that stopped."],
  ],
  failsWhen: "they could not be read",
  run: async (call) => {
    const items = createProjectionStates()(await withLog(call, (db) => readGenerations(db, null)));
    const { terminal } = call;
    if (call.has("json")) terminal.print(JSON.stringify({ items }));
    else if (items.length === 0) terminal.note("No projections");
    else for (const state of items) printState(state, terminal);
    return 0;
  },
};

/** `board_stats v2  live      12,345  66 behind  running`, and under it why it stopped. */
function printState(state: ProjectionState, { print, paint }: Terminal): void {
  const { name, version, position, behind, worker, lastError } = state;
  const style: Style = worker === "stopped" ? "red" : worker === "running" ? "green" : "yellow";
  print(
    [
      paint("bold", `${name} v${version}`),
      state.state.padEnd(8),
      position.toLocaleString("en").padStart(11),
      behind === 0 ? "up to date" : `${behind.toLocaleString("en")} behind`,
      paint(style, worker),
    ].join("  "),
  );
  if (lastError !== null && worker !== "running") print(`  ${printable(lastError.split("\n")[0]!)}`);
}
