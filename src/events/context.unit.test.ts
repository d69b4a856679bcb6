import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { ann, ben, events } from "../../test/support/boardEvents.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { createTidings } from "../tidings.ts";

const tidings = createTidings({ db: downDatabase().db, events });

test("outside of run there is no context but the fixed account", () => {
  expect(tidings.context()).toEqual({});
  const single = createTidings({ db: downDatabase().db, events, account: "acme" });
  expect(single.context()).toEqual({ account: "acme" });
  expect(single.run({ account: "other" }, () => single.context().account)).toBe("other");
});

test("an inner run is laid over the outer one, and ends with its work", () => {
  tidings.run({ account: "acme", actor: ann, metadata: { requestId: "r1", source: "web" } }, () => {
    tidings.run({ actor: ben, account: undefined, metadata: { source: "job", step: 2 } }, () => {
      expect(tidings.context()).toEqual({
        account: "acme",
        actor: ben,
        metadata: { requestId: "r1", source: "job", step: 2 },
      });
    });
    expect(tidings.context()).toEqual({
      account: "acme",
      actor: ann,
      metadata: { requestId: "r1", source: "web" },
    });
  });
  expect(tidings.context()).toEqual({});
});

test("run gives back what the work gives, also a promise or an error", async () => {
  expect(tidings.run({}, () => 5)).toBe(5);
  await expect(tidings.run({}, async () => 6)).resolves.toBe(6);
  expect(() =>
    tidings.run({}, () => {
      throw new Error("work");
    }),
  ).toThrow("work");
});

test("concurrent requests do not mix", async () => {
  const request = (account: string) =>
    tidings.run({ account, metadata: { account } }, async () => {
      const seen: unknown[] = [];
      for (let step = 0; step < 10; step++) {
        await turn();
        seen.push(tidings.context().account, tidings.context().metadata?.["account"]);
      }
      return new Set(seen);
    });
  const accounts = Array.from({ length: 20 }, (_, index) => `account-${index}`);
  expect(await Promise.all(accounts.map(request))).toEqual(accounts.map((account) => new Set([account])));
});

test("two tidings of one process have contexts of their own", () => {
  const other = createTidings({ db: downDatabase().db, events });
  tidings.run({ account: "acme" }, () => expect(other.context()).toEqual({}));
});
