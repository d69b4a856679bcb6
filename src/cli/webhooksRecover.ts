import { setTimeout as passes } from "node:timers/promises";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { parseMoment } from "./time.ts";
import { untilInterrupted } from "./untilInterrupted.ts";
import { onlyWord, webhookOptions, webhooksApi, type JobAnswer, type WebhooksApi } from "./webhooksApi.ts";

const LOOK_EVERY_MS = 500;

export const webhooksRecover: Command = {
  name: "webhooks recover",
  summary: "Sends again what failed or was held and was never delivered",
  usage: "ENDPOINT --since TIME --account A [options]",
  about:
    "Without --yes it only says how much that is. With it a job begins, below live traffic, that a worker of your app " +
    "carries on with, whether or not this command waits for its end.",
  options: {
    since: {
      value: "TIME",
      description: "From this time on: 2h, 7d ago, or 2026-11-20T09:30Z. At most 14 days.",
    },
    until: { value: "TIME", description: "Up to this time. Default: now." },
    yes: { description: "Does it." },
    "no-wait": { description: "Does not wait until all is sent." },
    ...webhookOptions,
  },
  examples: [
    ["tidings webhooks recover ep_5NqYg… --account acme --since 2h", "How much it would be."],
    ["tidings webhooks recover ep_5NqYg… --account acme --since 2h --yes", "Sends it."],
  ],
  failsWhen: "the endpoint is disabled, a recovery is under way already, or it was cancelled",
  positionals: 1,
  run: async (call) => {
    const endpoint = onlyWord(call, "ENDPOINT");
    const since = parseMoment("--since", call.required("since")).toISOString();
    const until = call.text("until");
    // The preview and the job must mean the same deliveries: both get the same times.
    const range = {
      since,
      ...(until !== undefined && { until: parseMoment("--until", until).toISOString() }),
    };
    const api = await webhooksApi(call);
    return call.has("yes") ? recover(call, api, endpoint, range) : preview(call, api, endpoint, range);
  },
};

interface Range {
  readonly since: string;
  readonly until?: string | undefined;
}

async function preview(call: Call, api: WebhooksApi, endpoint: string, range: Range): Promise<number> {
  const query = new URLSearchParams(Object.entries(range));
  const found = await api.ask<{ deliveries: number; more: boolean }>(
    "GET",
    `endpoints/${endpoint}/recoverable?${query}`,
  );
  const { print } = call.terminal;
  if (call.has("json")) print(JSON.stringify({ ...range, ...found }));
  else if (found.deliveries === 0) print(`Nothing to send again since ${range.since}`);
  else {
    const most = found.more ? "more than " : "";
    print(`Would send again ${most}${counted(found.deliveries)} since ${range.since}. To do it, add --yes`);
  }
  return 0;
}

async function recover(call: Call, api: WebhooksApi, endpoint: string, range: Range): Promise<number> {
  const { terminal } = call;
  let job = await api.ask<JobAnswer>("POST", `endpoints/${endpoint}/recover`, range);
  await untilInterrupted(call, async ({ signal }) => {
    while (job.state === "running" && !call.has("no-wait")) {
      terminal.progress(`${job.id}  ${counted(job.done)} so far, ${Math.round(job.progress * 100)} %`);
      await passes(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw new CliError("INTERRUPTED", `${job.id} goes on, by a worker of your app`);
      job = await api.ask<JobAnswer>("GET", `jobs/${job.id}`);
    }
  });
  if (call.has("json")) terminal.print(JSON.stringify(job));
  else terminal.print(`${terminal.paint("bold", job.id)} ${job.state}: ${counted(job.done)} sent again`);
  return job.state === "cancelled" ? 1 : 0;
}

function counted(deliveries: number): string {
  return deliveries === 1 ? "1 delivery" : `${deliveries} deliveries`;
}
