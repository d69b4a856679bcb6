import { z } from "@hono/zod-openapi";
import { isEventId } from "../log/eventId.ts";
import type { ReplayJob } from "../replay/replayJobRows.ts";
import type { ReplayUntil } from "../replay/until.ts";
import { entitySchema } from "./entitySchema.ts";

const kindSchema = z.enum(["dry_run", "compare", "in_place"]);

const position = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const eventId = z.string().refine(isEventId, "must be the id of an event");

/** One of them, as a request writes it. */
const untilRequest = z.union([
  z.strictObject({ position }),
  z.strictObject({ eventId }),
  z.strictObject({
    time: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text))
      .openapi({ type: "string", format: "date-time" }),
  }),
]);

const untilSchema = z.union([
  z.object({ position: z.number().int() }),
  z.object({ eventId: z.string() }),
  z.object({ time: z.iso.datetime() }),
]);

/** As many as a registry may well have, each as long as a type may be. */
const types = z.array(z.string().min(1).max(200)).min(1).max(50);

export const newReplaySchema = z
  .strictObject({
    kind: kindSchema.default("dry_run").openapi({
      description:
        "`dry_run` says what would be replayed. `compare` replays into an empty database and compares it with the present, row by row. " +
        "`in_place` empties what the app keeps of the account and makes it anew: it needs `confirm`.",
    }),
    until: untilRequest
      .optional()
      .openapi({ description: "Up to and with this one. Default: all that is recorded." }),
    types: types
      .optional()
      .openapi({ description: "Only these actions, or categories (`user.*`). Default: all." }),
    subject: z
      .string()
      .min(3)
      .max(600)
      .optional()
      .openapi({ description: "Only actions on this entity.", example: "user:1" }),
    strict: z.boolean().default(true).openapi({
      description: "False sets aside what cannot be replayed, instead of stopping there.",
    }),
    confirm: z
      .string()
      .max(300)
      .optional()
      .openapi({ description: "The account, where the replay is in place." }),
  })
  .openapi("NewReplay");

export const replaySchema = z
  .object({
    id: z.string(),
    kind: kindSchema,
    state: z.enum(["running", "done", "failed", "cancelled", "interrupted"]).openapi({
      description: "`interrupted`: the process that ran it has not been heard of.",
    }),
    wide: z.boolean().openapi({ description: "Of every account, not begun over HTTP." }),
    startedBy: entitySchema.nullable(),
    until: untilSchema.nullable(),
    types: z.array(z.string()).nullable(),
    subject: z.string().nullable(),
    strict: z.boolean(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    progress: z.object({
      events: z
        .number()
        .int()
        .openapi({ description: "Replayed so far; of a dry run, those that would be." }),
      position: z.number().int().openapi({ description: "Everything up to here was looked at." }),
      lastPosition: z.number().int().openapi({ description: "Where it ends; 0 before that is known." }),
    }),
    failure: z
      .object({ code: z.string(), message: z.string(), eventId: z.string().nullable() })
      .nullable()
      .openapi({ description: "Why it stopped, and at which event, where one is to blame." }),
    outcome: z
      .object({
        notReplayed: z
          .number()
          .int()
          .openapi({ description: "Events that nothing replays, or that failed." }),
        rows: z
          .object({
            same: z.number().int(),
            missing: z.number().int(),
            extra: z.number().int(),
            different: z.number().int(),
          })
          .nullable()
          .openapi({ description: "Of all tables. Null where nothing was compared." }),
      })
      .nullable()
      .openapi({ description: "Null before it is done." }),
  })
  .openapi("Replay");

const countSchema = z
  .object({
    type: z.string(),
    version: z.number().int(),
    events: z.number().int(),
    by: z.enum(["action", "route", "ignored", "unknown", "failed"]).openapi({
      description: "What becomes of them. `unknown`: nothing is defined that could replay them.",
    }),
    detail: z.string().nullable().openapi({ description: "Where a route leads, or why they are left out." }),
  })
  .openapi("ReplayCount");

const fieldSchema = z.object({
  name: z.string(),
  present: z.string().nullable().optional(),
  replayed: z.string().nullable().optional(),
});

const differenceSchema = z
  .object({
    table: z.string(),
    same: z.number().int(),
    missing: z.number().int().openapi({ description: "Rows of the present that the replay lacks." }),
    extra: z.number().int().openapi({ description: "Rows of the replay that the present lacks." }),
    different: z.number().int().openapi({ description: "Rows that both have, with other values." }),
    rows: z
      .array(
        z.object({
          kind: z.enum(["missing", "extra", "different"]),
          key: z.record(z.string(), z.string().nullable()),
          fields: z.array(fieldSchema),
        }),
      )
      .openapi({ description: "The first 20 of each kind, with values as the database prints them." }),
  })
  .openapi("TableDifference");

export const replayDetailsSchema = replaySchema
  .extend({
    counts: z.array(countSchema).nullable().openapi({ description: "Null before it has ended." }),
    tables: z.array(differenceSchema).nullable().openapi({ description: "Null where nothing was compared." }),
  })
  .openapi("ReplayDetails");

type ReplayJson = z.infer<typeof replaySchema>;

export function replayJson(job: ReplayJob): ReplayJson {
  const { id, kind, state, account, startedBy, types: only, subject, strict, tally, failure } = job;
  return {
    id,
    kind,
    state,
    wide: account === null,
    startedBy: startedBy && { type: startedBy.type, id: startedBy.id, label: startedBy.label },
    until: job.until && untilJson(job.until),
    types: only && [...only],
    subject,
    strict,
    startedAt: job.startedAt.toISOString(),
    endedAt: job.endedAt?.toISOString() ?? null,
    progress: { events: tally.replayed, position: job.position, lastPosition: job.lastPosition },
    failure: failure && { ...failure },
    outcome: state === "done" ? { notReplayed: tally.setAside.total, rows: rowsOf(job) } : null,
  };
}

export function replayDetailsJson(job: ReplayJob): z.infer<typeof replayDetailsSchema> {
  const { tally, tables, state } = job;
  return {
    ...replayJson(job),
    counts: state === "running" ? null : tally.counts.map((count) => ({ ...count })),
    tables:
      tables?.map(({ rows, ...table }) => ({
        ...table,
        rows: rows.map((row) => ({
          ...row,
          key: { ...row.key },
          fields: row.fields.map((field) => ({ ...field })),
        })),
      })) ?? null,
  };
}

function rowsOf({ tables }: ReplayJob): NonNullable<ReplayJson["outcome"]>["rows"] {
  if (tables === null) return null;
  const sum = (name: "same" | "missing" | "extra" | "different") =>
    tables.reduce((all, table) => all + table[name], 0);
  return { same: sum("same"), missing: sum("missing"), extra: sum("extra"), different: sum("different") };
}

function untilJson(until: ReplayUntil): NonNullable<ReplayJson["until"]> {
  return "time" in until ? { time: until.time.toISOString() } : until;
}
