import { createServer, request, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../test/log/support/eventually.ts";
import { events } from "../../test/support/boardEvents.ts";
import { spawnCli, startCli, type RunningCli } from "../../test/support/cli.ts";
import { createCliProject, type CliProject } from "../../test/support/cliProject.ts";
import { aMoveAsJson } from "../../test/support/testApi.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { captureWebhooks } from "../testing/captureWebhooks.ts";
import { createTidings, type Tidings } from "../tidings.ts";

// As in production: nothing private is allowed.
const webhooks = { secretKey: Buffer.alloc(32, 7).toString("base64") };

interface Addresses {
  readonly account: string;
  readonly api: string;
  readonly dashboard: string;
  readonly portal: string | null;
}

let database: PostgresTestDatabase;
let project: CliProject;
let app: Tidings;
beforeAll(async () => {
  database = await createTestDatabase();
  project = await createCliProject(database.url, webhooks);
  app = createTidings({ db: database.db, events, webhooks });
});
afterAll(async () => {
  await app.stop();
  await project.remove();
  await database.drop();
});

async function running(...args: string[]): Promise<{ cli: RunningCli; addresses: Addresses }> {
  const cli = startCli(["dev", "--account", "acme", "--config", project.config, "--port", "0", ...args]);
  return { cli, addresses: JSON.parse(await cli.nextLine()) as Addresses };
}

const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

/** A request with a Host of its own, which fetch does not send. */
function statusFor(api: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(`${api}/feed`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    asking.on("error", reject).end();
  });
}

describe("tidings dev", () => {
  test("serves the account's API, migrated, and delivers to this machine, which the app by itself refuses", async () => {
    const { cli, addresses } = await running("--json");
    const { api } = addresses;
    expect(addresses).toEqual({
      account: "acme",
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      dashboard: `${api}/dashboard/`,
      portal: expect.stringMatching(/\/portal\/#token=tdp_/),
    });
    await using capture = await captureWebhooks();
    const made = await post(`${api}/webhooks/endpoints`, { url: capture.url, types: ["card.*"] });
    const { endpoint, secret } = (await made.json()) as { endpoint: { id: string }; secret: string };
    expect(made.status).toBe(201);
    capture.trust(secret);
    expect((await post(`${api}/events`, aMoveAsJson())).status).toBe(201);
    expect(await capture.next({ withinMs: 20_000 })).toMatchObject({
      verdict: "ok",
      json: { type: "card.moved", actor: { type: "user", id: "developer" } },
    });
    const byName = await post(`${api}/webhooks/endpoints`, {
      url: capture.url.replace("127.0.0.1", "localhost"),
      types: ["*"],
    });
    expect(byName.status).toBe(201);
    expect(await cli.interrupt()).toBe(0);

    const input = { url: capture.url, types: ["*"] };
    await expect(app.webhooks.endpoints.create(input, { account: "acme" })).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
    });
    await app.start();
    const refused = new Promise((resolve) => app.signals.on("webhook.failed", resolve));
    await app.webhooks.test(endpoint.id, { account: "acme" });
    expect(await refused).toMatchObject({ failure: "refused_address" });
    await app.stop();
    expect(capture.received).toHaveLength(1);
  });

  test("answers nobody who came by another name, and no page of another site", async () => {
    const { cli, addresses } = await running("--json");
    const { api } = addresses;
    const { port } = new URL(api);
    expect(await statusFor(api, `localhost:${port}`)).toBe(200);
    expect(await statusFor(api, `[::1]:${port}`)).toBe(200);
    for (const host of [`evil.example:${port}`, "localhost.evil.example", "10.0.0.1", "localhost@evil"])
      expect([host, await statusFor(api, host)]).toEqual([host, 421]);
    const site = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect((await post(`${api}/events`, aMoveAsJson(), site)).status).toBe(403);
    expect(await cli.interrupt()).toBe(0);
  });

  test("Ctrl-C ends a live stream, and waits for what is being sent", async () => {
    const { cli, addresses } = await running("--json");
    const { api } = addresses;
    const receiver = createServer().listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const arrived = once(receiver, "request") as Promise<[unknown, ServerResponse]>;
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const made = await post(`${api}/webhooks/endpoints`, { url, types: ["card.*"] });
    const { endpoint } = (await made.json()) as { endpoint: { id: string } };
    const stream = await fetch(`${api}/live`);
    expect(stream.status).toBe(200);
    await post(`${api}/webhooks/endpoints/${endpoint.id}/test`, {});
    const [, response] = await arrived;
    const ended = cli.interrupt();
    await stream.text();
    await eventually("it takes nothing new", () =>
      fetch(`${api}/feed`).then(
        () => false,
        () => true,
      ),
    );
    response.end("ok");
    expect(await ended).toBe(0);
    const { items } = await app.webhooks.deliveries.list({ account: "acme", endpoint: endpoint.id });
    expect(items).toMatchObject([{ state: "delivered" }]);
    receiver.close();
  });

  test("tells people where to look, without a portal where webhooks are off", async () => {
    const plain = await createCliProject(database.url, null);
    const cli = startCli(["dev", "--account", "acme", "--config", plain.config, "--port", "0"]);
    const lines = [await cli.nextLine(), await cli.nextLine(), await cli.nextLine()];
    expect(lines).toEqual([
      "acme on this machine. Ctrl-C ends",
      expect.stringMatching(/^ {2}API {8}http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^ {2}Dashboard {2}http:\/\/127\.0\.0\.1:\d+\/dashboard\/$/),
    ]);
    expect(await cli.interrupt()).toBe(0);
    await expect(cli.nextLine()).rejects.toThrow("ended");
    await plain.remove();
  });

  test("says what is missing", async () => {
    const { directory, config } = project;
    const noAccount = await spawnCli(["dev", "--config", config]);
    expect([noAccount.code, noAccount.stderr]).toEqual([
      2,
      expect.stringContaining("--account A is missing"),
    ]);
    const noConfig = await spawnCli(["dev", "--account", "acme"], { cwd: `${directory}/..` });
    expect([noConfig.code, noConfig.stderr]).toEqual([1, expect.stringContaining("error CONFIG_MISSING")]);
  });
});
