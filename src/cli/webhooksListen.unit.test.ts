import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { runCli, startCli, type RunningCli } from "../../test/support/cli.ts";
import { sign } from "../webhooks/schemes.ts";
import { makeSecret } from "../webhooks/secrets.ts";

const { secret } = makeSecret("hmac");
const body = Buffer.from('{"type":"card.moved","data":{"note":"\\u001b[2J"}}');

async function listening(...args: string[]): Promise<{ cli: RunningCli; url: string }> {
  const cli = startCli(["webhooks", "listen", "--port", "0", "--json", ...args]);
  const { listening: url } = JSON.parse(await cli.nextLine()) as { listening: string };
  return { cli, url };
}

function post(url: string, by = secret): Promise<Response> {
  const timestamp = Math.floor(Date.now() / 1_000);
  const keys = [{ kind: "hmac" as const, secret: by }];
  const headers = sign("standard", { id: "msg_1", type: "card.moved", timestamp, body, keys });
  return fetch(url, { method: "POST", body, headers: { ...headers, "content-type": "application/json" } });
}

describe("tidings webhooks listen", () => {
  test("answers 200 to what its secret signed and 400 to the rest, and prints both", async () => {
    const { cli, url } = await listening("--secret", secret, "--limit", "3");
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await post(url)).status).toBe(200);
    expect(JSON.parse(await cli.nextLine())).toMatchObject({
      number: 1,
      verdict: "ok",
      answered: "200",
      body: body.toString(),
    });
    const wrong = await post(url, makeSecret("hmac").secret);
    expect([wrong.status, await wrong.text()]).toEqual([400, "wrong_signature"]);
    expect(JSON.parse(await cli.nextLine())).toMatchObject({ verdict: "wrong_signature", answered: "400" });
    expect((await fetch(url, { method: "POST" })).status).toBe(400);
    expect(JSON.parse(await cli.nextLine())).toMatchObject({ verdict: "unsigned" });
    await expect(cli.nextLine()).rejects.toThrow("ended"); // by itself, after the third
  });

  test("fails as it is told, as often as it is told", async () => {
    const { cli, url } = await listening("--fail", "503", "--times", "2");
    const statuses = [await post(url), await post(url), await post(url)].map(({ status }) => status);
    expect(statuses).toEqual([503, 503, 200]);
    expect(await cli.interrupt()).toBe(0);
  });

  test("hangs up, or never answers", async () => {
    const resetting = await listening("--fail", "reset");
    await expect(post(resetting.url)).rejects.toThrow("fetch failed");
    expect(await resetting.cli.interrupt()).toBe(0);

    const silent = await listening("--fail", "timeout");
    const asked = post(silent.url).catch((error: unknown) => error);
    expect(JSON.parse(await silent.cli.nextLine())).toMatchObject({ answered: "timeout" });
    expect(await silent.cli.interrupt()).toBe(0);
    expect(await asked).toBeInstanceOf(Error);
  });

  test("prints type, id, verdict and the body for people, and nothing that could drive their terminal", async () => {
    const cli = startCli(["webhooks", "listen", "--port", "0", "--secret", secret]);
    const url = /http:\S+\d/.exec(await cli.nextLine())![0];
    await post(url);
    expect(await cli.nextLine()).toMatch(/^\d\d:\d\d:\d\d {2}card\.moved {2}msg_1 {2}✓ verified {2}→ 200$/);
    const lines = [await cli.nextLine(), await cli.nextLine()];
    expect(lines).toEqual(["    {", '      "type": "card.moved",']);
    expect(await cli.interrupt()).toBe(0);
  });

  test("says that the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runCli(["webhooks", "listen", "--port", String(port)]);
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`error PORT_UNAVAILABLE Port ${port}: `)]);
  });
});
