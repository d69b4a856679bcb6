import { readFile, writeFile } from "node:fs/promises";
import { receiverTypes } from "../webhooks/receiverTypes.ts";
import { CliError } from "./cliError.ts";
import type { Command } from "./command.ts";
import { definitionOptions, loadRegistry } from "./project.ts";

export const generateWebhookTypes: Command = {
  name: "generate webhook-types",
  summary: "Writes TypeScript for those who receive your webhooks",
  usage: "[--out FILE] [options]",
  about:
    "One file without dependencies, to give to your customers: a type for each event that goes out, and parseWebhook, which verifies a request in the standard scheme and gives its event. The same definitions always give the same file.",
  options: {
    out: { value: "FILE", description: "Where to write it. Default: stdout." },
    "payload-version": {
      value: "N",
      description: "For endpoints with this payload version. Default: the newest shape of each type.",
    },
    check: { description: "Writes nothing and fails when FILE is not what would be written." },
    ...definitionOptions,
  },
  examples: [
    ["tidings generate webhook-types --out webhooks.ts", "Writes the file."],
    [
      "tidings generate webhook-types --out webhooks.ts --check",
      "In continuous integration: fails when somebody forgot to.",
    ],
  ],
  failsWhen: "with --check: the file is out of date",
  run: async (call) => {
    if (call.has("check")) call.required("out");
    const out = call.text("out");
    const payloadVersion = call.wholeNumber("payload-version");
    if (payloadVersion === 0) throw new CliError("USAGE", "--payload-version begins at 1");
    const source = receiverTypes(await loadRegistry(call), { payloadVersion });
    const { print } = call.terminal;
    const say = (asJson: object, text: string) => print(call.has("json") ? JSON.stringify(asJson) : text);
    if (out === undefined) {
      say({ source }, source.trimEnd());
    } else if (call.has("check")) {
      const present = await readFile(out, "utf8").catch(() => "");
      // A checkout with CRLF line ends is the same file.
      if (present.replaceAll("\r\n", "\n") !== source) {
        throw new CliError(
          "OUT_OF_DATE",
          `${out} does not match the definitions. Run: tidings generate webhook-types --out ${out}`,
        );
      }
      say({ file: out, upToDate: true }, `${out} is up to date`);
    } else {
      await writeFile(out, source);
      say({ file: out }, `${out}: written`);
    }
    return 0;
  },
};
