import type { ProjectionState } from "../replay/projectionState.ts";
import type { RebuildProgress } from "../replay/rebuildProjection.ts";
import { CliError } from "./cliError.ts";
import type { Command } from "./command.ts";
import { definitionOptions, requireTidings } from "./project.ts";
import { projectionName } from "./projectionName.ts";
import { untilInterrupted } from "./untilInterrupted.ts";

export const projectionsRebuild: Command = {
  name: "projections rebuild",
  summary: "Builds a projection anew beside the live one, and swaps them",
  usage: "NAME [options]",
  about:
    "What everybody reads stays as it is until the new tables are complete. An interrupted rebuild goes on where it was, by the " +
    "same command or by your app's worker. The role needs CREATE on the schema of the tables.",
  options: {
    "no-wait": { description: "Only asks for it: a worker of your app does the work." },
    config: definitionOptions["config"]!,
  },
  examples: [
    ["tidings projections rebuild board_stats", "Builds it here and shows how far it is."],
    ["tidings projections rebuild board_stats --no-wait", "Lets the worker do it."],
  ],
  failsWhen: "its handler refused an event, it was interrupted, or a newer version is live",
  positionals: 1,
  run: async (call) => {
    const name = projectionName(call);
    const { projections } = await requireTidings(call);
    const { print, progress, paint } = call.terminal;
    if (call.has("no-wait")) {
      const asked = await projections.requestRebuild(name);
      print(call.has("json") ? JSON.stringify(asked) : `${paint("bold", name)} is being built`);
      return 0;
    }
    let live: ProjectionState | undefined;
    await untilInterrupted(call, async ({ signal }) => {
      const onProgress = (now: RebuildProgress) => progress(progressLine(name, now));
      live = await projections.rebuild(name, { signal, onProgress }).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
    });
    if (!live)
      throw new CliError("INTERRUPTED", `${name} is half built. The same command goes on from there`);
    if (call.has("json")) print(JSON.stringify(live));
    else print(`${paint("green", "✓")} ${name} v${live.version} is live, at position ${live.position}`);
    return 0;
  },
};

/** `board_stats  1,200,000 of 3,000,000  40 %  41,000 a second  44 s left` */
function progressLine(
  name: string,
  { position, lastPosition, perSecond, secondsLeft }: RebuildProgress,
): string {
  const number = (value: number) => value.toLocaleString("en");
  const share = lastPosition === 0 ? 100 : Math.floor((100 * position) / lastPosition);
  const parts = [name, `${number(position)} of ${number(lastPosition)}`, `${share} %`];
  if (perSecond !== null) parts.push(`${number(perSecond)} a second`);
  if (secondsLeft !== null) parts.push(`${number(secondsLeft)} s left`);
  return parts.join("  ");
}
