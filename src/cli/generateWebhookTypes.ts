import { receiverTypes } from "../webhooks/receiverTypes.ts";
import { CliError } from "./cliError.ts";
import type { Command } from "./command.ts";
import { definitionOptions, loadRegistry } from "./project.ts";
import { generatedOptions, writeGenerated } from "./writeGenerated.ts";

export const generateWebhookTypes: Command = {
  name: "generate webhook-types",
  summary: "Writes TypeScript for those who receive your webhooks",
  usage: "[--out FILE] [options]",
  about:
    "One file without dependencies, to give to your customers: a type for each event that goes out, and parseWebhook, which verifies a request in the standard scheme and gives its event. The same definitions always give the same file.",
  options: {
    out: generatedOptions.out,
    "payload-version": {
      value: "N",
      description: "For endpoints with this payload version. Default: the newest shape of each type.",
    },
    check: generatedOptions.check,
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
  run: (call) =>
    writeGenerated("generate webhook-types", call, async () => {
      const payloadVersion = call.wholeNumber("payload-version");
      if (payloadVersion === 0) throw new CliError("USAGE", "--payload-version begins at 1");
      const source = receiverTypes(await loadRegistry(call), { payloadVersion });
      return { text: source, json: { source }, written: "written" };
    }),
};
