import { textArray, type Queryable } from "../db/database.ts";

/** The last number that each sequence gave, by its name. */
export interface SequenceValues {
  readonly [sequence: string]: string;
}

const OWNED = `
select owned.oid::regclass::text as sequence, pg_sequence_last_value(owned.oid)::text as value
  from pg_class owned join pg_depend on classid = 'pg_class'::regclass and objid = owned.oid and deptype in ('a', 'i')
 where owned.relkind = 'S' and refclassid = 'pg_class'::regclass and refobjid = any ($1::text[]::regclass[])`;

/**
 * Where the sequences of tables stand that are about to be emptied, or stood when a replay that was given up emptied them. The
 * replay begins them anew, so that serial keys come again, and puts them back at its end: a number that was taken once, by a
 * row which is deleted since or by a capture, must not be given to another row.
 */
export async function readSequences(
  on: Queryable,
  tables: readonly string[],
  before: SequenceValues,
): Promise<SequenceValues> {
  const rows = await on.query<{ sequence: string; value: string | null }>(OWNED, [textArray(tables)]);
  const values = { ...before };
  for (const { sequence, value } of rows) {
    if (value !== null) values[sequence] = later(value, values[sequence]);
  }
  return values;
}

const PUT_BACK = `
select setval(sequence::regclass, greatest(value::bigint, coalesce(pg_sequence_last_value(sequence::regclass), 0))) as value
  from jsonb_each_text($1::text::jsonb) as given (sequence, value)`;

/** Sequences go on where they were; one that the replay itself brought further stays. */
export async function putSequencesBack(on: Queryable, values: SequenceValues): Promise<void> {
  if (Object.keys(values).length > 0) await on.query(PUT_BACK, [JSON.stringify(values)]);
}

/** What two replays kept, of which one follows the other. */
export function laterValues(a: SequenceValues, b: SequenceValues): SequenceValues {
  const both = Object.entries(b).map(([sequence, value]) => [sequence, later(value, a[sequence])]);
  return { ...a, ...(Object.fromEntries(both) as SequenceValues) };
}

function later(a: string, b: string | undefined): string {
  return b === undefined || BigInt(a) > BigInt(b) ? a : b;
}
