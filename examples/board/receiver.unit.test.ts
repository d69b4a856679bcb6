import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, test } from "vitest";
import { startReceiver, type Arrival, type Receiver } from "./receiver.ts";

const secret = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;
const body = JSON.stringify({ type: "card.moved", description: "Ann moved a card" });

let receiver: Receiver;
afterEach(() => receiver?.stop());

async function send(with_: string): Promise<number> {
  const at = new Date();
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(with_).sign("msg_1", at, body),
  };
  return (await fetch(receiver.url, { method: "POST", headers, body })).status;
}

test("the receiver believes what an independent library signed with a secret that it knows, and nothing else", async () => {
  receiver = await startReceiver(0);
  const seen: Arrival[] = [];
  receiver.onArrival((arrival) => seen.push(arrival));
  expect(await send(secret)).toBe(401);
  receiver.learn(secret);
  expect(await send(secret)).toBe(200);
  expect(await send(`whsec_${Buffer.alloc(24, 8).toString("base64")}`)).toBe(401);
  expect(seen.map(({ isSigned }) => isSigned)).toEqual([false, true, false]);
  expect(receiver.arrivals()).toEqual(seen);
});

test("while it is down it answers 503, also to what is signed", async () => {
  receiver = await startReceiver(0, [secret]);
  receiver.fail(true);
  expect(await send(secret)).toBe(503);
  receiver.fail(false);
  expect(await send(secret)).toBe(200);
});

test("it verifies with the recipe of the docs, word for word", async () => {
  const root = join(import.meta.dirname, "../..");
  const [docs, code] = await Promise.all([
    readFile(join(root, "docs/webhook-receivers.md"), "utf8"),
    readFile(join(import.meta.dirname, "receiver.ts"), "utf8"),
  ]);
  const recipe = /\/\*\* True when `body`[\s\S]*?\n}\n/.exec(docs)![0];
  expect(code).toContain(recipe);
});
