import type { Command } from "./command.ts";
import { onlyWord, webhookOptions, webhooksApi, type DeliveryAnswer } from "./webhooksApi.ts";
import { showOutcome } from "./webhooksOutcome.ts";

export const webhooksTest: Command = {
  name: "webhooks test",
  summary: "Sends an example to an endpoint and says what came of it",
  usage: "ENDPOINT --account A [options]",
  about: "The example is recorded nowhere; it is signed and sent as events are, by a worker of your app.",
  options: {
    type: {
      value: "T",
      description: "Of which event type. Default: the first that the endpoint asks for.",
    },
    "no-wait": { description: "Does not wait until it was tried." },
    ...webhookOptions,
  },
  examples: [
    ["tidings webhooks test ep_5NqYg… --account acme --type card.moved", "An example of card.moved."],
  ],
  failsWhen: "the endpoint did not answer 2xx, or nothing was sent",
  positionals: 1,
  run: async (call) => {
    const endpoint = onlyWord(call, "ENDPOINT");
    const api = await webhooksApi(call);
    const type = call.text("type");
    const sent = await api.ask<DeliveryAnswer>("POST", `endpoints/${endpoint}/test`, { type });
    return showOutcome(call, api, sent);
  },
};
