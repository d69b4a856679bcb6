import { createApi, type StatsBucket } from "../webhooks/api.ts";
import { read, send } from "./request.ts";

/** The same calls as the portal's, with the reader's own session in place of a token. */
export const api = createApi((method, path, body) =>
  method === "GET" ? read(`webhooks/${path}`) : send(method, `webhooks/${path}`, body),
);

/** The last 24 hours of all endpoints together, by half-hour, the oldest first. */
export async function readWebhookStats(): Promise<readonly StatsBucket[]> {
  return (await read<{ items: readonly StatsBucket[] }>("webhooks/stats")).items;
}
