import { readGenerations } from "../replay/generations.ts";
import { removeProjection } from "../replay/swapGeneration.ts";
import { CliError } from "./cliError.ts";
import type { Command } from "./command.ts";
import { connectionOptions, withLog } from "./connect.ts";
import { definitionOptions } from "./project.ts";
import { projectionName } from "./projectionName.ts";

export const projectionsRemove: Command = {
  name: "projections remove",
  summary: "Drops the tables of a projection that your app no longer defines",
  usage: "NAME --yes [options]",
  about:
    "Take it out of createTidings({ projections }) first, and stop the processes that define it: they would build it again. " +
    "Nothing is lost but time: it can be built from the log again.",
  options: {
    yes: { description: "Does it." },
    ...connectionOptions,
    config: definitionOptions["config"]!,
  },
  examples: [["tidings projections remove board_stats --yes", "Drops its views and tables."]],
  failsWhen: "there is none of this name, or somebody reads it at the moment",
  positionals: 1,
  run: async (call) => {
    const name = projectionName(call);
    if (!call.has("yes"))
      throw new CliError("USAGE", `This drops the tables of ${name}. To do it, add --yes`);
    return withLog(call, async (db) => {
      const { generations } = await readGenerations(db, name);
      const { print, note, paint } = call.terminal;
      const removed = generations.length > 0 && (await removeProjection(db, name));
      if (call.has("json")) print(JSON.stringify({ name, removed }));
      else if (removed) print(`${paint("green", "✓")} removed ${name}`);
      else if (generations.length === 0) note(`There is no projection ${name}: see tidings projections`);
      else note(`Somebody reads ${name} at the moment. Try again`);
      return removed ? 0 : 1;
    });
  },
};
