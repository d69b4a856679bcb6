import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { defineEvent } from "./defineEvent.ts";
import type { Draft } from "./draft.ts";
import { defineEntity } from "./entity.ts";
import type { RecordedEvent } from "./recordedEvent.ts";
import type { EventEffect } from "./trace.ts";

const note = defineEntity("note");
const taken = defineEvent("note.taken", { subject: note });
const counted = defineEvent("note.counted", { subject: note, lane: "system" });
const ann = { type: "user", id: "ann", label: null };

describeOnDatabases("the trace of an event", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings<unknown>({ db: database.db, events: { taken, counted } });
  }, 60_000);
  afterAll(() => database.drop());

  interface Given {
    readonly account?: string;
    readonly by?: RecordedEvent | undefined;
    readonly of?: typeof taken | typeof counted;
    readonly audience?: readonly string[];
  }
  const draft = (name: string, { account = "acme", by, of = taken, audience }: Given): Draft =>
    of({ account, actor: ann, subject: note(name), causedBy: by, audience });
  async function record(name: string, given: Given = {}): Promise<RecordedEvent> {
    return (await tidings.record(draft(name, given)))[0];
  }

  /** `a(b c(d))` */
  const written = (effects: readonly EventEffect[]): string =>
    effects
      .map(({ event, effects: further }) =>
        further.length === 0 ? event.subject.id : `${event.subject.id}(${written(further)})`,
      )
      .join(" ");
  async function traced(event: RecordedEvent, audiences?: readonly string[]) {
    const viewer = audiences && { type: "user", id: "eve", audiences };
    const trace = await tidings.events.trace(event.id, { account: event.account, viewer });
    const all = [trace.event, ...trace.causes, ...eventsIn(trace.effects)];
    for (const { id } of all) {
      const known = await tidings.events.get(id, { account: event.account, viewer });
      expect(all, "an event is shown as `get` shows it").toContainEqual(known);
    }
    return {
      causes: trace.causes.map(({ subject }) => subject.id).join(" "),
      effects: written(trace.effects),
      truncated: trace.truncated,
      position: trace.position,
    };
  }
  const eventsIn = (effects: readonly EventEffect[]): RecordedEvent[] =>
    effects.flatMap(({ event, effects: further }) => [event, ...eventsIn(further)]);

  test("goes up to the first cause and down to every effect, across lanes", async () => {
    const a = await record("a");
    const b = await record("b", { by: a, of: counted });
    await record("other");
    const c = await record("c", { by: b });
    const d = await record("d", { by: c });
    await record("e", { by: b });
    await record("f", { by: d, of: counted });
    await record("elsewhere", { account: "globex" });
    expect(await traced(a)).toMatchObject({ causes: "", effects: "b(c(d(f)) e)", truncated: false });
    expect(await traced(c)).toMatchObject({ causes: "b a", effects: "d(f)" });
    expect(await traced(await record("alone"))).toMatchObject({ causes: "", effects: "" });
  });

  test("has the position as soon as there is one", async () => {
    const event = await record("new");
    expect((await traced(event)).position).toBeNull();
    const { position } = await tidings.work();
    expect((await traced(event)).position).toBe(position);
  });

  test("a hidden link is left out without telling: what it led to moves up", async () => {
    const audience = ["hr"];
    const a = await record("a", { audience });
    const b = await record("b", { by: a });
    const c = await record("c", { by: b, audience });
    const d = await record("d", { by: c, audience });
    const e = await record("e", { by: d });
    await record("f", { by: c, audience });
    expect(await traced(e, ["hr"])).toMatchObject({ causes: "d c b a", effects: "" });
    expect(await traced(b, ["hr"])).toMatchObject({ causes: "a", effects: "c(d(e) f)" });
    expect(await traced(e, [])).toMatchObject({ causes: "b", effects: "" });
    expect(await traced(b, [])).toMatchObject({ causes: "", effects: "e" });
    const viewer = { type: "user", id: "eve" };
    const hidden = tidings.events.trace(c.id, { account: "acme", viewer });
    await expect(hidden).rejects.toMatchObject({ code: "EVENT_NOT_FOUND" });
    const told = await tidings.events.get(e.id, { account: "acme", viewer });
    expect(told).toMatchObject({ causedBy: { id: b.id }, causeDepth: 1 });
  });

  test("shows an event of another account to nobody", async () => {
    const { id } = await record("theirs", { account: "globex" });
    await expect(tidings.events.trace(id, { account: "acme" })).rejects.toMatchObject({
      code: "EVENT_NOT_FOUND",
    });
  });

  test("a chain of 32 causes and a tree of 200 effects are shown; beyond that it says so", async () => {
    let last = await record("0");
    const first = last;
    for (let depth = 1; depth <= 32; depth++) last = await record(String(depth), { by: last });
    expect((await traced(last)).causes.split(" ")).toHaveLength(32);
    expect((await traced(first)).effects.match(/\d+/g)).toHaveLength(32);

    const cause = await record("many");
    const effects = (count: number) =>
      tidings.record(...Array.from({ length: count }, (_, n) => draft(String(n), { by: cause })));
    await effects(200);
    const trace = () => tidings.events.trace(cause.id, { account: "acme" });
    expect(await trace()).toMatchObject({ truncated: false });
    await effects(1);
    const beyond = await trace();
    expect([beyond.truncated, eventsIn(beyond.effects).length]).toEqual([true, 200]);
    await effects(1_000);
    expect(eventsIn((await trace()).effects)).toHaveLength(200);
  });
});
