import { readFile, writeFile } from "node:fs/promises";
import { catalog } from "../events/catalog.ts";
import { catalogPage } from "./catalogPage.ts";
import { CliError } from "./cliError.ts";
import type { Command } from "./command.ts";
import { definitionOptions, loadRegistry } from "./project.ts";

export const generateDocs: Command = {
  name: "generate docs",
  summary: "Writes a page about all event types",
  usage: "[--out FILE] [options]",
  about:
    "Markdown: what each type means, its fields, roles, example, sentence and versions. The same definitions always give the same page.",
  options: {
    out: { value: "FILE", description: "Where to write it. Default: stdout." },
    check: { description: "Writes nothing and fails when FILE is not what would be written." },
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
  run: async (call) => {
    if (call.has("check")) call.required("out");
    const out = call.text("out");
    const entries = catalog(await loadRegistry(call));
    const page = catalogPage(entries);
    const { print } = call.terminal;
    if (call.has("check")) {
      const present = await readFile(out!, "utf8").catch(() => "");
      // A checkout with CRLF line ends is the same page.
      if (present.replaceAll("\r\n", "\n") !== page) {
        throw new CliError(
          "OUT_OF_DATE",
          `${out} does not match the definitions. Run: tidings generate docs --out ${out}`,
        );
      }
      print(call.has("json") ? JSON.stringify({ file: out, upToDate: true }) : `${out} is up to date`);
    } else if (out === undefined) {
      print(call.has("json") ? JSON.stringify({ entries }) : page.trimEnd());
    } else {
      await writeFile(out, page);
      print(
        call.has("json")
          ? JSON.stringify({ file: out, types: entries.length })
          : `${out}: ${entries.length} event types`,
      );
    }
    return 0;
  },
};
