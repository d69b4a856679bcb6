import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { defineEvent } from "./defineEvent.ts";
import { defineEntity, optional } from "./entity.ts";
import { limits } from "./limits.ts";

const user = defineEntity("user");
const board = defineEntity("board");
const salary = defineEntity("salary");
const salaryRaised = defineEvent("salary.raised", {
  subject: salary,
  refs: { to: user, board: optional(board) },
  audience: (e) => (e.refs.board === null ? [e.refs.to, "hr"] : null),
});
const noteTaken = defineEvent("note.taken", { subject: board });
const events = { user, board, salary, salaryRaised, noteTaken };

const account = "acme";
const ann = user("ann");
const viewer = (id: string, ...audiences: string[]) => ({ account, viewer: { type: "user", id, audiences } });

describeOnDatabases("visibility", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events, account });
  }, 60_000);
  afterAll(() => database.drop());

  const raise = (to: string, more = {}) =>
    salaryRaised({ subject: salary(to), actor: ann, refs: { to: user(to) }, ...more });

  test("the definition says for whom an event is, from what is recorded", async () => {
    const [raised, open_] = await tidings.record(
      raise("ben"),
      raise("ben", { refs: { to: user("ben"), board: board(1) } }),
    );
    expect(raised.audience).toEqual(["hr", "user:ben"]);
    expect(open_.audience).toBeNull();
    expect((await tidings.events.get(raised.id)).audience).toEqual(["hr", "user:ben"]);
  });

  test("a draft goes before the definition, also with null for everybody", async () => {
    const [narrow, wide, note] = await tidings.record(
      raise("ben", { audience: [user("cat")] }),
      raise("ben", { audience: null }),
      noteTaken({ subject: board(1), actor: ann, audience: ["board:1"] }),
    );
    expect([narrow.audience, wide.audience, note.audience]).toEqual([["user:cat"], null, ["board:1"]]);
  });

  test("an audience that cannot be made fails the record", async () => {
    const before = await tidings.events.count({});
    await expect(tidings.record(raise("ben", { audience: [] }))).rejects.toMatchObject({
      code: "INVALID_AUDIENCE",
      path: ["audience"],
    });
    const broken = defineEvent("salary.lost", {
      subject: salary,
      audience: () => {
        throw new RangeError("no members");
      },
    });
    const other = createTidings({ db: database.db, events: { salary, broken }, account });
    await expect(other.record(broken({ subject: salary(1), actor: ann }))).rejects.toThrow("no members");
    expect(await tidings.events.count({})).toBe(before);
  });

  test("the largest audience fits beside the longest account and entity", async () => {
    // Noise, which does not compress: an index entry may hold 2,704 bytes.
    const noise = (bytes: number) => randomBytes(bytes).toString("base64url").slice(0, bytes);
    const audience = Array.from({ length: limits.audienceKeys }, () => noise(30));
    const subject = { type: `x${"y".repeat(62)}`, id: noise(255), label: null };
    const wide = defineEvent("wide.made", { subject: defineEntity(subject.type) });
    const other = createTidings({ db: database.db, events: { wide }, account: noise(255) });
    const [made] = await other.record(wide({ subject, actor: ann, audience }));
    expect((await other.events.get(made.id)).audience).toEqual(audience.toSorted());
    const tooLarge = other.record(wide({ subject, actor: ann, audience: [...audience.slice(1), noise(31)] }));
    await expect(tooLarge).rejects.toMatchObject({ code: "INVALID_AUDIENCE" });
  });

  test("a hidden event is answered like one that never was", async () => {
    const [{ id }] = await tidings.record(raise("dan"));
    expect((await tidings.events.get(id, viewer("dan"))).id).toBe(id);
    expect((await tidings.events.get(id, viewer("eve", "hr"))).id).toBe(id);
    const none = id.replace(/^../, "00");
    const answers = await Promise.all(
      [id, none].map((each) => tidings.events.get(each, viewer("eve")).catch((error: Error) => error)),
    );
    expect(answers[0]).toMatchObject({ code: "EVENT_NOT_FOUND" });
    expect(String(answers[0]).replaceAll(id, "ID")).toBe(String(answers[1]).replaceAll(none, "ID"));
  });

  test("the latest event is the latest that the viewer may see", async () => {
    const [seen] = await tidings.record(raise("fay", { audience: null }));
    const [hidden] = await tidings.record(raise("fay"));
    expect((await tidings.events.latest(salary("fay")))!.id).toBe(hidden.id);
    expect((await tidings.events.latest(salary("fay"), viewer("eve")))!.id).toBe(seen.id);
    expect(await tidings.events.latest(user("nobody"), viewer("eve"))).toBeNull();
  });

  test("a hidden cause is no cause: its id would tell that it exists", async () => {
    const [cause] = await tidings.record(raise("gus"));
    const note = noteTaken({ subject: board("gus"), actor: ann, causedBy: cause });
    const [effect] = await tidings.record(note);
    const known = async (reading: ReturnType<typeof viewer>) => [
      await tidings.events.get(effect.id, reading),
      (await tidings.events.list({ ...reading, of: board("gus") })).items[0]!,
      (await tidings.events.latest(board("gus"), noteTaken, reading))!,
    ];
    for (const event of await known(viewer("gus"))) expect(event).toEqual(effect);
    for (const event of await known(viewer("eve")))
      expect(event).toEqual({ ...effect, causedBy: null, causeDepth: 0 });
    await tidings.work();
    const run = await tidings.events.read({ ...viewer("eve"), of: board("gus") });
    expect(run.events).toMatchObject([{ id: effect.id, causedBy: null, causeDepth: 0 }]);
  });

  test("a repeat under one idempotency key is the first event, with its audience", async () => {
    const [first] = await tidings.record(raise("hal", { idempotencyKey: "hal", audience: ["first"] }));
    const [again] = await tidings.record(raise("hal", { idempotencyKey: "hal", audience: ["second"] }));
    expect([again.id, again.audience]).toEqual([first.id, ["first"]]);
  });

  test("a viewer who is none is refused before anything is read", async () => {
    const nobody = { viewer: { type: "user", id: "" } };
    for (const reading of [
      tidings.events.list(nobody),
      tidings.events.count(nobody),
      tidings.events.get("x", nobody),
      tidings.events.read(nobody),
      tidings.feed(nobody),
      tidings.timeline(ann, nobody),
      tidings.liveRuns(nobody).next(),
    ]) {
      await expect(reading).rejects.toMatchObject({ code: "INVALID_FILTER" });
    }
  });
});
