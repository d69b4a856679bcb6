// Compiled, never run: each line under `@ts-expect-error` must be an error, every other one must not.
import type { PGlite, Transaction as PGliteTransaction } from "@electric-sql/pglite";
import type { ClientBase, QueryResult } from "pg";
import { z } from "zod";
import { defineEntity } from "../events/entity.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { from } from "../events/upcast.ts";
import type { Tidings } from "../tidings.ts";
import type { ActionContext } from "./actionContext.ts";
import { defineAction } from "./defineAction.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : ["these types differ", A, B]): void =>
  undefined;

const user = defineEntity("user");
const input = z.object({ name: z.string().trim(), age: z.string().transform(Number) });

/** What both drivers have. */
interface Tx {
  query<Row>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

const create = defineAction("user.create", {
  kind: "create",
  version: 3,
  input,
  subject: ({ name, age }, values) => {
    same<typeof age, number>();
    return user(values.id(), name);
  },
  sensitive: ["name", "captured.token"],
  lock: ({ name }) => name,
  upcast: {
    1: from(z.object({ first: z.string() }), (old) => ({ name: old.first })),
    2: from(z.object({ name: z.string() }), (old) => ({ ...old, age: 1 })),
  },
  run: async ({ name, age }, ctx: ActionContext<Tx>) => {
    const token = await ctx.capture("token", async () => ({ age }));
    same<typeof token, { age: number }>();
    return { id: ctx.subject.id, length: name.length };
  },
  after: (event, ctx) => {
    same<typeof event.data.input, { name: string; age: number }>();
    return void ctx.tx;
  },
});
const touch = defineAction("user.touch", {
  kind: "update",
  subject: () => user("1"),
  run: (_input, ctx) => ctx.now(),
});
const onlyPg = defineAction("user.load", {
  kind: "update",
  subject: () => user("1"),
  run: async (_input, ctx: ActionContext<ClientBase>) => ctx.tx.query("select 1"),
});

declare const onPg: Tidings<ClientBase>;
declare const client: ClientBase;
declare const onPglite: Tidings<PGliteTransaction>;
declare const pgliteTx: Parameters<Parameters<PGlite["transaction"]>[0]>[0];

export async function perform(): Promise<void> {
  const done = await onPg.perform(create, { name: "Ann", age: "1" }, { metadata: { a: 1 } });
  same<typeof done.result, { id: string; length: number }>();
  same<typeof done.repeated, false>();
  const input = done.event!.data.input;
  same<typeof input, { name: string; age: number }>();

  const keyed = await onPg.perform(client, create, { name: "Ann", age: "1" }, { idempotencyKey: "k" });
  same<typeof keyed.result, { id: string; length: number } | undefined>();
  if (keyed.repeated) same<typeof keyed.result, undefined>();
  else same<typeof keyed.result, { id: string; length: number }>();

  same<Awaited<ReturnType<typeof touched>>, Date>();
  const { result } = await onPg.perform(client, onlyPg, {});
  same<typeof result, QueryResult>();
  await onPglite.perform(pgliteTx, create, { name: "Ann", age: "1" });
  const all = await onPg.performAll(create, [{ name: "Ann", age: "1" }], {
    events: "summary",
    subject: user("1"),
  });
  same<(typeof all.results)[number], { id: string; length: number } | undefined>();

  const page = await onPg.events.list(create);
  page.items satisfies readonly RecordedEvent[];
  same<(typeof page.items)[number]["data"]["input"], { name: string; age: number }>();
  onPg.subscribe("x", { types: [create], run: ([event]) => void event!.data.input.age.toFixed() });

  // @ts-expect-error: the input of the schema, not its output
  await onPg.perform(create, { name: "Ann", age: 1 });
  const dated = defineAction("user.date", {
    kind: "update",
    input: z.object({ born: z.date() }),
    subject: () => user("1"),
    run: () => 1,
  });
  // @ts-expect-error: a Date is no JSON
  await onPg.perform(dated, { born: new Date() });
  // @ts-expect-error: an action without input
  await onPg.perform(touch, { name: "Ann" });
  // @ts-expect-error: no action
  await onPg.perform(user, {});
  // @ts-expect-error: a summary is about something
  await onPg.performAll(create, [], { events: "summary" });
  // @ts-expect-error: an action is no draft, and makes none
  await onPg.record(create({ subject: user("1") }));
}

const touched = async () => (await onPg.perform(touch, {})).result;

defineAction("user.bad", {
  kind: "update",
  input,
  subject: () => user("1"),
  // @ts-expect-error: no field of the input
  sensitive: ["nmae"],
  run: () => undefined,
});
defineAction("user.bad", {
  kind: "update",
  version: 2,
  input,
  subject: () => user("1"),
  // @ts-expect-error: the step does not give what the present version has
  upcast: { 1: from(z.object({ a: z.string() }), (old) => ({ name: old.a })) },
  run: () => undefined,
});
