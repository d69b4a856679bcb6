import { publicId } from "../publicId.ts";

/** An endpoint with the account that its id is asked for with. */
export interface Named {
  readonly account: string;
  /** Its uuid. */
  readonly id: string;
}

export const START_A_WORKER =
  "Start a worker: createTidings({ webhooks }) and await tidings.start(), or call await tidings.work() from a cron job";

/** `npx tidings webhooks test ep_… --account acme`. */
export function endpointCommand(command: "test" | "recover", { account, id }: Named): string {
  return `npx tidings webhooks ${command} ${publicId("endpoint", id)} --account ${shellWord(account)}`;
}

/** `await tidings.webhooks.endpoints.enable("ep_…", { account: "acme" })`. */
export function enableCall({ account, id }: Named): string {
  return call("endpoints.enable", publicId("endpoint", id), account);
}

export function cancelCall({ account, id }: Named): string {
  return call("jobs.cancel", publicId("job", id), account);
}

/** ` (ep_…, ep_…)`: a few of those that were counted, so that one knows where to look. */
export function fewNamed(ids: readonly string[]): string {
  return ids.length === 0 ? "" : ` (${ids.join(", ")})`;
}

function call(method: string, id: string, account: string): string {
  return `await tidings.webhooks.${method}(${JSON.stringify(id)}, { account: ${JSON.stringify(account)} })`;
}

/** Accounts may be named by customers, and this is pasted into a shell. */
function shellWord(text: string): string {
  return /^[\w.@:/][\w.@:/-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
