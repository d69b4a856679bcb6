import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { JsonObject } from "../../src/events/serializable.ts";
import type { PerformOptions } from "../../src/replay/performOptions.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import {
  actions,
  ann,
  CREATE_PEOPLE,
  createPerson,
  events,
  person,
  removePerson,
  renamePerson,
  syncPerson,
  team,
  type Tx,
} from "./support/people.ts";

const everything = { lanes: ["system", "domain"] } as const;

describeOnDatabases("Performing an action", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let account = 0;
  beforeAll(async () => {
    database = await open();
    await database.db.transaction((tx) => tx.execute(CREATE_PEOPLE));
    tidings = createTidings({ db: database.db, events, actions });
  }, 120_000);
  afterAll(() => database.drop());
  // Each test in an account of its own: the log cannot be emptied.
  beforeEach(() => void account++);

  const inAccount = <Result>(work: () => Result) => tidings.run({ account: `a${account}`, actor: ann }, work);
  const people = async () => {
    const sql = "select id, name, email, created_at::text from people where account = $1 order by name";
    return database.db.query<{ id: string; name: string; created_at: string }>(sql, [`a${account}`]);
  };
  const history = async () =>
    (await inAccount(() => tidings.events.list({ ...everything, limit: 200 }))).items;
  const create = (name = "Ben", options: Omit<PerformOptions, "idempotencyKey"> = {}) =>
    inAccount(() => tidings.perform(createPerson, { name, password: "pw" }, options));

  test("an action changes the state and is recorded, with what its schema made of the input", async () => {
    const { result, event, version, repeated } = await inAccount(() =>
      tidings.perform(createPerson, { name: "  Ben ", password: "pw" }),
    );
    expect(await people()).toMatchObject([{ id: result.id, name: "Ben" }]);
    expect(await history()).toEqual([event]);
    expect(event).toMatchObject({
      type: "person.create",
      kind: "create",
      lane: "system",
      subject: { type: "person", id: result.id, label: "Ben" },
      actor: ann,
      data: { input: { name: "Ben" }, within: null, after: false, others: [] },
    });
    expect({ version, repeated }).toEqual({ version: 1, repeated: false });
  });

  test("actions one after the other are read in that order", async () => {
    const ids: string[] = [];
    for (let number = 0; number < 20; number++) ids.push((await create(`Ben ${number}`)).event!.id);
    expect((await history()).map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test("where the clock has only milliseconds an action's id follows those of earlier calls", async (context) => {
    if (database.db.driver !== "pglite") return context.skip();
    const [earlier] = await database.db.query<{ us: number }>(
      "select tidings.after_last((extract(epoch from clock_timestamp()) * 1000000)::bigint + 50000, 1)::float8 as us",
    );
    const { event } = await create();
    expect(event!.occurredAt.getTime()).toBeGreaterThanOrEqual(Math.floor(earlier!.us / 1_000));
  });

  test("update, destroy and upsert are recorded with their kind, and found by it", async () => {
    const { result } = await create();
    await inAccount(() => tidings.perform(renamePerson, { id: result.id, name: "Benno" }));
    await inAccount(() => tidings.perform(syncPerson, { name: "Cleo", email: "cleo@example.com" }));
    await inAccount(() => tidings.perform(removePerson, { id: result.id }));
    const kinds = async (...given: ("create" | "update" | "destroy" | "upsert")[]) => {
      const page = await inAccount(() => tidings.events.list({ ...everything, kinds: given }));
      return page.items.map(({ type }) => type);
    };
    expect(await kinds("create")).toEqual(["person.create"]);
    expect(await kinds("update")).toEqual(["person.rename"]);
    expect(await kinds("destroy")).toEqual(["person.remove"]);
    expect(await kinds("upsert")).toEqual(["person.sync"]);
    expect(await kinds("upsert", "destroy")).toEqual(["person.remove", "person.sync"]);
    expect(await inAccount(() => tidings.events.count({ ...everything, kinds: ["update"] }))).toBe(1);
    expect(await people()).toMatchObject([{ name: "Cleo" }]);
  });

  test("an upsert is recorded about the row that it met", async () => {
    const first = await inAccount(() => tidings.perform(syncPerson, { name: "Cleo", email: "c@x.com" }));
    const second = await inAccount(() => tidings.perform(syncPerson, { name: "Clea", email: "c@x.com" }));
    expect(second.result.id).toBe(first.result.id);
    expect(second.event?.subject).toEqual(person(first.result.id, "Clea"));
    expect(second.version).toBe(2);
  });

  test("an action is on the timelines of its subject and of who did it, and in no feed unless asked", async () => {
    const { result, event } = await create();
    expect((await inAccount(() => tidings.timeline(person(result.id)))).items.map(({ id }) => id)).toEqual([
      event!.id,
    ]);
    expect((await inAccount(() => tidings.feed())).items).toEqual([]);
    expect((await inAccount(() => tidings.feed({ lanes: ["system"] }))).items).toHaveLength(1);
  });

  test.each([
    ["a user", { type: "user", id: "ann", label: "Ann" }],
    ["the system", { type: "system", id: "system", label: null }],
    ["a job", { type: "job", id: "nightly", label: "Nightly" }],
    ["an api key", { type: "api_key", id: "k1", label: null }],
  ])("%s may be the actor", async (_name, actor) => {
    const { event } = await create("Ben", { actor, onBehalfOf: { type: "user", id: "eve", label: null } });
    expect(event).toMatchObject({ actor, onBehalfOf: { type: "user", id: "eve" } });
  });

  test("without an actor nothing runs", async () => {
    const call = tidings.perform(createPerson, { name: "Ben", password: "" }, { account: `a${account}` });
    await expect(call).rejects.toMatchObject({ code: "ACTOR_MISSING" });
    expect(await people()).toEqual([]);
  });

  test("metadata come from the context and the call, and go on to what is recorded inside", async () => {
    const metadata: JsonObject = { source: "api", request: { id: "r1", tries: [1, 2] } };
    const performed = await tidings.run({ account: `a${account}`, actor: ann, metadata: { host: "h" } }, () =>
      tidings.perform(actions.joinTeam, { team: "t", person: "p" }, { metadata }),
    );
    const [inside] = (await history()).filter(({ type }) => type === "person.joined");
    expect(performed.event?.metadata).toEqual({ host: "h", ...metadata });
    expect(inside?.metadata).toEqual({ host: "h", ...metadata });
  });

  test("an import keeps its time: in the event, in what is recorded inside, and for the run", async () => {
    const occurredAt = new Date("2001-02-03T04:05:06.789Z");
    const { event } = await create("Ben", { occurredAt });
    const inside = await inAccount(() =>
      tidings.perform(actions.invitePerson, { team: "t", name: "Cleo" }, { occurredAt }),
    );
    expect(event?.occurredAt).toEqual(occurredAt);
    expect(inside.event?.occurredAt).toEqual(occurredAt);
    expect(new Set((await history()).map((each) => each.occurredAt.getTime()))).toEqual(
      new Set([occurredAt.getTime()]),
    );
    const [ben] = await people();
    expect(new Date(ben!.created_at)).toEqual(occurredAt);
  });

  test("otherwise the run's time is the event's", async () => {
    const { event } = await create();
    const [ben] = await people();
    expect(new Date(ben!.created_at)).toEqual(event!.occurredAt);
  });

  test("an action is caused by what the call says", async () => {
    const first = await create();
    const second = await create("Cleo", { causedBy: first.event!.id });
    expect(second.event).toMatchObject({ causedBy: { lane: "system", id: first.event!.id }, causeDepth: 1 });
    await expect(create("Dora", { causedBy: "00000000-0000-7000-8000-000000000000" })).rejects.toMatchObject({
      code: "CAUSE_NOT_FOUND",
    });
    expect(await people()).toHaveLength(2);
  });

  test("an input that the schema refuses is refused before anything runs", async () => {
    await expect(create(" ")).rejects.toMatchObject({ code: "INVALID_DATA", path: ["input", "name"] });
    expect(await history()).toEqual([]);
  });

  test("a domain error rolls everything back, leaves no event, and comes as it was thrown", async () => {
    const call = inAccount(() => tidings.perform(renamePerson, { id: "nobody", name: "Ben" }));
    await expect(call).rejects.toThrow(new RangeError("nobody is called nobody"));
    expect(await history()).toEqual([]);
  });

  test("in the caller's transaction a failed action is undone alone", async () => {
    await database.ownTransaction(async (handle) => {
      const tx = handle as Tx;
      await inAccount(() => tidings.perform(handle, createPerson, { name: "Ben", password: "" }));
      const failed = inAccount(() => tidings.perform(handle, renamePerson, { id: "nobody", name: "x" }));
      await expect(failed).rejects.toThrow(RangeError);
      // The transaction goes on: no statement of the failed action, and no aborted transaction, is in the way.
      expect((await tx.query("select 1 from people where account = $1", [`a${account}`])).rows).toHaveLength(
        1,
      );
      await inAccount(() => tidings.perform(handle, createPerson, { name: "Cleo", password: "" }));
    });
    expect(await people()).toMatchObject([{ name: "Ben" }, { name: "Cleo" }]);
    expect((await history()).map(({ type }) => type)).toEqual(["person.create", "person.create"]);
  });

  test("of several at once in the caller's transaction, each is done or undone alone", async () => {
    const [first, second] = await database.ownTransaction((handle) =>
      Promise.allSettled([
        inAccount(() => tidings.perform(handle, createPerson, { name: "Ben", password: "" })),
        inAccount(() => tidings.perform(handle, renamePerson, { id: "nobody", name: "x" })),
      ]),
    );
    expect([first.status, second.status]).toEqual(["fulfilled", "rejected"]);
    expect(await people()).toMatchObject([{ name: "Ben" }]);
    expect((await history()).map(({ type }) => type)).toEqual(["person.create"]);
  });

  test("what the caller rolls back was not performed", async () => {
    const rolledBack = database.ownTransaction(async (handle) => {
      await inAccount(() => tidings.perform(handle, createPerson, { name: "Ben", password: "" }));
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect([await people(), await history()]).toEqual([[], []]);
  });

  test("a handle that is no transaction is refused", async () => {
    const call = tidings.perform(undefined, createPerson, { name: "Ben", password: "" }, { actor: ann });
    await expect(call).rejects.toMatchObject({ code: "TRANSACTION_REQUIRED" });
  });

  test("bulk, one event for each item: in order, all or none", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${String(index).padStart(2, "0")}`);
    const done = await inAccount(() =>
      tidings.performAll(
        createPerson,
        names.map((name) => ({ name, password: "" })),
      ),
    );
    expect(done.results).toHaveLength(30);
    expect((await people()).map(({ name }) => name)).toEqual(names);
    expect((await history()).map(({ subject }) => subject.label).reverse()).toEqual(names);
    const failing = inAccount(() =>
      tidings.performAll(renamePerson, [
        { id: done.results[0]!.id, name: "renamed" },
        { id: "nobody", name: "x" },
      ]),
    );
    await expect(failing).rejects.toThrow(RangeError);
    expect((await people()).map(({ name }) => name)).toEqual(names);
    expect(await history()).toHaveLength(30);
  });

  test("bulk, one event as a summary: about one subject, with every input", async () => {
    const done = await inAccount(() =>
      tidings.performAll(
        createPerson,
        ["Ann", "Ben", "Cleo"].map((name) => ({ name, password: "" })),
        { events: "summary", subject: team("import", "The import") },
      ),
    );
    const [summary, ...rest] = await history();
    expect(rest).toEqual([]);
    expect(summary).toMatchObject({
      type: "person.create",
      subject: { type: "team", id: "import", label: "The import" },
      data: { input: { name: "Ann" }, others: [{ input: { name: "Ben" } }, { input: { name: "Cleo" } }] },
    });
    expect((await people()).map(({ id }) => id).sort()).toEqual(done.results.map((each) => each!.id).sort());
  });

  test("a run that finds nothing to change skips: nothing is recorded and no version counted", async () => {
    const { result } = await create();
    const rename = (options: PerformOptions) =>
      inAccount(() => tidings.perform(renamePerson, { id: result.id, name: "Ben" }, options));
    expect(await rename({ idempotencyKey: "k" })).toEqual({
      repeated: false,
      result: "unchanged",
      event: null,
      version: null,
    });
    // The key stands for nothing yet.
    expect(await rename({ idempotencyKey: "k" })).toMatchObject({ repeated: false });
    expect(await history()).toHaveLength(1);
    expect(await rename({ expectedVersion: 1 })).toMatchObject({ result: "unchanged" });
  });
});
