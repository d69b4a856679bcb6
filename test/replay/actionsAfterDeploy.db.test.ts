import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { from } from "../../src/events/upcast.ts";
import { defineAction } from "../../src/replay/defineAction.ts";
import { createTidings } from "../../src/tidings.ts";
import type { TidingsOptions } from "../../src/tidingsOptions.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import { ann, person, team } from "./support/people.ts";

const secretKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const newerKey = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";

const common = { kind: "create", run: async (_input: unknown) => undefined } as const;
const oldInput = z.object({ first: z.string(), password: z.string() });
const before = defineAction("person.add", {
  ...common,
  input: oldInput,
  subject: ({ first }) => person(first),
  sensitive: ["password"],
});
const renamed = defineAction("person.enter", {
  ...common,
  version: 2,
  input: z.object({ name: z.string(), secret: z.string() }),
  upcast: {
    1: from(oldInput, ({ first, password }) => {
      if (first === "nobody") throw new Error("no name");
      return { name: first.toUpperCase(), secret: password };
    }),
  },
  subject: ({ name }) => person(name),
  sensitive: ["secret"],
  aliases: ["person.add"],
});
const touch = (version: number) =>
  defineAction("person.touch", {
    ...common,
    version,
    input: z.object({ id: z.string() }),
    subject: ({ id }) => person(id),
  });

const conflict = { code: "IDEMPOTENCY_CONFLICT", detail: '"k"', path: ["idempotencyKey"] };

describeOnDatabases("An action's idempotency key after a deploy", (open) => {
  let database: TestDatabase;
  let number = 0;
  beforeAll(async () => void (database = await open()), 120_000);
  afterAll(() => database.drop());
  beforeEach(() => void number++);

  const process = (actions: TidingsOptions["actions"], options: Partial<TidingsOptions> = {}) =>
    createTidings({ db: database.db, events: {}, actions, ...options });
  const as = () => ({ account: `a${number}`, actor: ann, idempotencyKey: "k" });
  const older = (first: string, password = "pw", options: Partial<TidingsOptions> = {}) =>
    process({ before }, options).perform(before, { first, password }, as());
  const newer = (name: string, secret = "pw", options: Partial<TidingsOptions> = {}) =>
    process({ renamed }, options).perform(renamed, { name, secret }, as());

  test.each([
    ["with a secret key", { secretKey }, { secretKey }],
    ["with a secret key that was rotated", { secretKey }, { secretKey: [newerKey, secretKey] }],
    ["without a secret key", {}, {}],
  ])("stands for the same call under the new name and in the new version, %s", async (_name, then, now) => {
    const first = await older("ben", "pw", then);
    const again = await newer("BEN", "pw", now);
    expect(again).toMatchObject({
      repeated: true,
      event: { id: first.event!.id, type: "person.enter", version: 2 },
    });
    await expect(newer("CLEO", "pw", now)).rejects.toMatchObject(conflict);
  });

  test("a secret that differs is a conflict, and so is one that no key opens", async () => {
    await older("ben", "pw", { secretKey });
    await expect(newer("BEN", "other", { secretKey })).rejects.toMatchObject(conflict);
    await expect(newer("BEN", "pw", { secretKey: newerKey })).rejects.toMatchObject(conflict);
    await expect(newer("BEN", "pw")).rejects.toMatchObject(conflict);
  });

  test("what its upcaster refuses is a conflict, and so is what only a newer process can read", async () => {
    await older("nobody");
    await expect(newer("NOBODY")).rejects.toMatchObject(conflict);
    number++;
    await newer("BEN");
    await expect(older("ben")).rejects.toMatchObject(conflict);
  });

  test("without upcasters the input counts as it was recorded", async () => {
    const [one, two] = [touch(1), touch(2)];
    const first = await process({ one }).perform(one, { id: "1" }, as());
    const now = process({ two });
    expect(await now.perform(two, { id: "1" }, as())).toMatchObject({
      repeated: true,
      event: { id: first.event!.id },
    });
    await expect(now.perform(two, { id: "2" }, as())).rejects.toMatchObject(conflict);
    const job = { type: "job", id: "j", label: null };
    await expect(now.perform(two, { id: "1" }, { ...as(), actor: job })).rejects.toMatchObject(conflict);
  });

  test.each(["each", "summary"] as const)(
    "stands for the same list (%s), and for no longer one",
    async (events) => {
      const [one, two] = [touch(1), touch(2)];
      const list = (action: typeof one, ...ids: string[]) => {
        const inputs = ids.map((id) => ({ id }));
        const given = events === "each" ? { events } : { events, subject: team(1) };
        return process({ action }).performAll(action, inputs, { ...as(), ...given });
      };
      const first = await list(one, "1", "2");
      const again = await list(two, "1", "2");
      expect(again.repeated).toBe(true);
      expect(again.events.map(({ id }) => id)).toEqual(first.events.map(({ id }) => id));
      await expect(list(two, "1", "2", "3")).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
      await expect(list(two, "1")).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    },
  );
});
