import { catalog } from "../events/catalog.ts";
import { catalogPage } from "./catalogPage.ts";
import type { Command } from "./command.ts";
import { definitionOptions, loadRegistry } from "./project.ts";
import { generatedOptions, writeGenerated } from "./writeGenerated.ts";

export const generateDocs: Command = {
  name: "generate docs",
  summary: "Writes a page about all event types",
  usage: "[--out FILE] [options]",
  about:
    "Markdown: what each type means, its fields, roles, example, sentence and versions. The same definitions always give the same page.",
  options: {
    ...generatedOptions,
    ...definitionOptions,
  },
  examples: [
    ["tidings generate docs --out docs/events.md", "Writes the page."],
    [
      "tidings generate docs --out docs/events.md --check",
      "In continuous integration: fails when somebody forgot to.",
    ],
  ],
  failsWhen: "with --check: the file is out of date",
  run: (call) =>
    writeGenerated("generate docs", call, async () => {
      const entries = catalog(await loadRegistry(call));
      return {
        text: catalogPage(entries),
        json: { entries },
        written: `${entries.length} event types`,
        writtenJson: { types: entries.length },
      };
    }),
};
