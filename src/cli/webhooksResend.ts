import type { Command } from "./command.ts";
import { onlyWord, webhookOptions, webhooksApi, type DeliveryAnswer } from "./webhooksApi.ts";
import { showOutcome } from "./webhooksOutcome.ts";

export const webhooksResend: Command = {
  name: "webhooks resend",
  summary: "Sends one delivery again, now, and says what came of it",
  usage: "DELIVERY --account A [options]",
  about: "Under the same webhook-id: a receiver that has seen it may drop it.",
  options: {
    "no-wait": { description: "Does not wait until it was tried." },
    ...webhookOptions,
  },
  examples: [
    ["tidings webhooks resend dlv_5NqYg… --account acme", "One delivery, whatever became of it before."],
  ],
  failsWhen: "the endpoint did not answer 2xx, or nothing was sent",
  positionals: 1,
  run: async (call) => {
    const delivery = onlyWord(call, "DELIVERY");
    const api = await webhooksApi(call);
    const { attempts } = await api.ask<DeliveryAnswer>("GET", `deliveries/${delivery}`);
    const resent = await api.ask<DeliveryAnswer>("POST", `deliveries/${delivery}/resend`);
    return showOutcome(call, api, { ...resent, attempts });
  },
};
