import type { Command } from "./command.ts";
import { printable, type Style, type Terminal } from "./terminal.ts";
import { webhookOptions, webhooksApi, type EndpointAnswer } from "./webhooksApi.ts";

export const webhooksEndpoints: Command = {
  name: "webhooks endpoints",
  summary: "Lists an account's webhook endpoints and how they are",
  usage: "--account A [options]",
  options: webhookOptions,
  examples: [
    ["tidings webhooks endpoints --account acme", "Each endpoint, its state, its types and its address."],
    [
      "tidings webhooks endpoints --account acme --json | jq -r '.items[] | select(.status == \"disabled\").id'",
      "The ids of those that are disabled.",
    ],
  ],
  failsWhen: "the endpoints could not be read",
  run: async (call) => {
    const api = await webhooksApi(call);
    const { items } = await api.ask<{ items: EndpointAnswer[] }>("GET", "endpoints");
    const { terminal } = call;
    if (call.has("json")) terminal.print(JSON.stringify({ items }));
    else if (items.length === 0) terminal.note("No endpoints");
    else for (const endpoint of items) terminal.print(endpointLine(endpoint, terminal));
    return 0;
  },
};

/** `ep_…  enabled              card.*  https://example.com/hooks` */
function endpointLine(endpoint: EndpointAnswer, { paint }: Terminal): string {
  const [style, state] = stateOf(endpoint);
  return [
    paint("bold", endpoint.id),
    paint(style, state.padEnd(19)),
    printable(endpoint.types.join(",")),
    printable(endpoint.url),
  ].join("  ");
}

function stateOf({ status, disabledReason, delivery, health }: EndpointAnswer): [Style, string] {
  if (status === "disabled") return ["red", `disabled (${disabledReason ?? "asked"})`];
  if (delivery === "pull") return ["green", "enabled (pull)"];
  if (health.breaker !== "closed") return ["yellow", "enabled (breaker)"];
  if (health.failingSince !== null) return ["yellow", "enabled (failing)"];
  return ["green", "enabled"];
}
