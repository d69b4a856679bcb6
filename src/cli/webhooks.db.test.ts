import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, cardMoved } from "../../test/support/boardEvents.ts";
import { runCli, spawnCli } from "../../test/support/cli.ts";
import { createCliProject, type CliProject } from "../../test/support/cliProject.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { captureWebhooks, type WebhookCapture } from "../testing/captureWebhooks.ts";
import { expectEnqueued } from "../testing/expectEnqueued.ts";

const webhooks = {
  secretKey: Buffer.alloc(32, 9).toString("base64"),
  allowAddresses: ["127.0.0.1"],
};

let database: PostgresTestDatabase;
let api: TestApi;
let server: Server;
let capture: WebhookCapture;
let works = true;
let endpoint: string;
let onServer: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi({ database, webhooks });
  capture = await captureWebhooks({ answer: () => (works ? 200 : 503) });
  const input = { url: capture.url, types: ["card.*"], schedule: [0] };
  const created = await api.tidings.webhooks.endpoints.create(input, { account: "acme" });
  endpoint = created.endpoint.id;
  await api.tidings.start();
  server = createServer(getRequestListener(api.tidings.handler)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const token = api.tidings.webhooks.portalToken({ account: "acme", role: "manage" });
  onServer = ["--server", `http://127.0.0.1:${(server.address() as AddressInfo).port}`, "--token", token];
});
afterAll(async () => {
  server.close();
  await api.drop();
  await capture.close();
});

const ask = (...args: string[]) => runCli(["webhooks", ...args, ...onServer]);

/** A delivery that failed for good. */
async function aFailure(id: number): Promise<string> {
  works = false;
  await api.tidings.record({ ...aMove(id), account: "acme", actor: ann });
  const subject = { type: "card", id: String(id) };
  const [made] = await expectEnqueued(api.tidings, cardMoved, { account: "acme", subject, withinMs: 20_000 });
  await expectEnqueued(api.tidings, cardMoved, {
    account: "acme",
    subject,
    states: ["failed"],
    withinMs: 20_000,
  });
  works = true;
  return made!.id;
}

describe("tidings webhooks, through a running app", () => {
  test("endpoints lists them with state, types and address", async () => {
    const { code, stdout } = await ask("endpoints");
    expect([code, stdout]).toEqual([0, `${endpoint}  enabled              card.*  ${capture.url}\n`]);
    const { items } = JSON.parse((await ask("endpoints", "--json")).stdout);
    expect(items).toMatchObject([{ id: endpoint, status: "enabled" }]);
  });

  test("test sends an example and tells what came of it", async () => {
    works = true;
    const good = await ask("test", endpoint, "--type", "card.moved");
    expect(good).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^dlv_\w+ delivered: 200 after \d+ ms\n$/),
    });
    works = false;
    const bad = await ask("test", endpoint, "--json");
    works = true;
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ origin: "test", state: "failed", status: 503 });
    const sent = await ask("test", endpoint, "--no-wait");
    expect([sent.code, sent.stdout]).toEqual([0, expect.stringMatching(/^dlv_\w+ pending\n$/)]);
  });

  test("resend sends one again, and says what it is when it cannot", async () => {
    const delivery = await aFailure(1);
    const { code, stdout } = await ask("resend", delivery);
    expect([code, stdout]).toEqual([0, expect.stringMatching(`^${delivery} delivered: 200 after`)]);
    const none = await ask("resend", "dlv_0000000000000000000000");
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("DELIVERY_NOT_FOUND")]);
  });

  test("recover says how much it would send, and sends it only with --yes", async () => {
    const deliveries = [await aFailure(2), await aFailure(3)];
    const preview = await ask("recover", endpoint, "--since", "1h");
    expect([preview.code, preview.stdout]).toEqual([
      0,
      expect.stringMatching(/^Would send again 2 deliveries since \S+Z\. To do it, add --yes\n$/),
    ]);
    const states = async () =>
      Promise.all(
        deliveries.map(
          async (id) => (await api.tidings.webhooks.deliveries.get(id, { account: "acme" })).state,
        ),
      );
    expect(await states()).toEqual(["failed", "failed"]);
    const done = await ask("recover", endpoint, "--since", "1h", "--yes");
    expect([done.code, done.stdout]).toEqual([
      0,
      expect.stringMatching(/^job_\w+ done: 2 deliveries sent again\n$/),
    ]);
    await expectEnqueued(api.tidings, cardMoved, {
      account: "acme",
      subject: { type: "card", id: "3" },
      states: ["delivered"],
      withinMs: 20_000,
    });
    const after = await ask("recover", endpoint, "--since", "1h", "--json");
    expect(JSON.parse(after.stdout)).toMatchObject({ deliveries: 0, more: false });
  });

  test("a token that only reads may look, and not send", async () => {
    const token = api.tidings.webhooks.portalToken({ account: "acme", role: "read" });
    const reading = [...onServer.slice(0, -1), token];
    expect((await runCli(["webhooks", "endpoints", ...reading])).code).toBe(0);
    const refused = await runCli(["webhooks", "test", endpoint, ...reading]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("FORBIDDEN")]);
  });
});

describe("tidings webhooks, with the app's own tidings", () => {
  let project: CliProject;
  beforeAll(async () => {
    project = await createCliProject(database.url, webhooks);
  });
  afterAll(() => project.remove());

  test("reads and sends for the account that is named, and ends", async () => {
    works = true;
    const own = (account: string, ...args: string[]) =>
      spawnCli(["webhooks", ...args, "--account", account, "--config", project.config]);
    const listed = await own("acme", "endpoints");
    expect(listed).toEqual({ code: 0, stderr: "", stdout: expect.stringContaining(endpoint) });
    expect(await own("other", "endpoints")).toMatchObject({ code: 0, stdout: "", stderr: "No endpoints\n" });
    expect((await own("acme", "test", endpoint)).stdout).toMatch(/ delivered: 200 after /);
    const foreign = await own("other", "test", endpoint);
    expect([foreign.code, foreign.stderr]).toEqual([1, expect.stringMatching(/^error ENDPOINT_NOT_FOUND /)]);
  });

  test("says that the tables are missing, and how to make them", async () => {
    const empty = await createTestDatabase({ migrated: false });
    const unmigrated = await createCliProject(empty.url, webhooks);
    const args = ["webhooks", "endpoints", "--account", "acme", "--config", unmigrated.config];
    const { code, stderr } = await spawnCli(args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error SCHEMA_MISSING .*npx tidings migrate/)]);
    await unmigrated.remove();
    await empty.drop();
  });

  test("says what it needs where no module exports it", async () => {
    const { code, stderr } = await spawnCli(["webhooks", "endpoints", "--account", "acme"], {
      cwd: project.directory + "/..",
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error CONFIG_MISSING")]);
  });
});
