import { expect, test } from "vitest";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { events } from "../../test/support/webhookEvents.ts";
import { createTidings } from "../tidings.ts";

const secretKey = Buffer.alloc(32, "key").toString("base64");
const { webhooks } = createTidings({
  db: downDatabase().db,
  events,
  account: "acme",
  webhooks: { secretKey },
});
const { deliveries, endpoints, jobs } = webhooks;
const since = new Date(5);
const endpoint = { url: "https://example.com", types: ["*"] };

// The compiler says so too, but not to those who have none: `state` would list all there are, and `acount` mean another one.
test.each<[call: string, name: string, work: (given: never) => Promise<unknown>]>([
  ["deliveries.list", "state", (given) => deliveries.list(given)],
  ["deliveries.get", "acount", (given) => deliveries.get("dlv_1", given)],
  ["deliveries.resend", "acount", (given) => deliveries.resend("dlv_1", given)],
  ["endpoints.create", "acount", (given) => endpoints.create(endpoint, given)],
  ["endpoints.get", "acount", (given) => endpoints.get("ep_1", given)],
  ["endpoints.list", "state", (given) => endpoints.list(given)],
  ["endpoints.update", "acount", (given) => endpoints.update("ep_1", { description: "x" }, given)],
  ["endpoints.enable", "acount", (given) => endpoints.enable("ep_1", given)],
  ["endpoints.disable", "acount", (given) => endpoints.disable("ep_1", given)],
  ["endpoints.delete", "acount", (given) => endpoints.delete("ep_1", given)],
  ["endpoints.rotate", "graceSecond", (given) => endpoints.rotate("ep_1", given)],
  ["jobs.get", "acount", (given) => jobs.get("job_1", given)],
  ["jobs.list", "state", (given) => jobs.list("ep_1", given)],
  ["jobs.cancel", "acount", (given) => jobs.cancel("job_1", given)],
  ["recover", "untill", (given: object) => webhooks.recover("ep_1", { since, ...given })],
  ["recoverable", "untill", (given: object) => webhooks.recoverable("ep_1", { since, ...given })],
  ["backfill", "perSeconds", (given: object) => webhooks.backfill("ep_1", { from: "start", ...given })],
  ["pull", "before", (given) => webhooks.pull("ep_1", given)],
  ["stats", "until", (given) => webhooks.stats("ep_1", given)],
  ["accountStats", "until", (given) => webhooks.accountStats(given)],
  ["send", "acount", (given: object) => webhooks.send("an id", { endpoint: "ep_1", ...given })],
  ["test", "types", (given) => webhooks.test("ep_1", given)],
])("%s refuses %s, which it would take no notice of", async (_call, name, work) => {
  await expect(work({ [name]: ["x"] } as never)).rejects.toMatchObject({
    code: "INVALID_FILTER",
    detail: `${name} is no field of this query`,
    path: [name],
  });
});

test.each<[given: object, path: string, words: string]>([
  [{ forSecond: 60 }, "forSecond", "forSecond is no option"],
  [{ forSeconds: 59 }, "forSeconds", "forSeconds 59 must be a whole number from 60 to 86,400"],
  [{ role: "admin" }, "role", 'role \'admin\' must be "manage" or "read"'],
])("a portal token with %o is refused", (given, path, words) => {
  expect(() => webhooks.portalToken({ account: "acme", role: "read", ...given })).toThrow(
    expect.objectContaining({ code: "INVALID_REQUEST", detail: words, path: [path] }),
  );
});
