import { fieldsOf, type FieldRow } from "../../inspector/fieldsOf.ts";

export interface StateField extends FieldRow {
  /** What the last event did to it. */
  readonly change: "none" | "added" | "changed" | "removed";
  /** What it was before; null where it was not there. */
  readonly was: string | null;
}

/** The fields of a state, and what of them is not as it was before. What is gone stands where it was. */
export function stateFields(state: unknown, before: unknown): readonly StateField[] {
  const now = rowsOf(state);
  const earlier = new Map(rowsOf(before).map((row) => [row.path, row]));
  const fields = now.map((row): StateField => {
    const old = earlier.get(row.path);
    earlier.delete(row.path);
    if (before === null || before === undefined) return { ...row, change: "none", was: null };
    if (old === undefined) return { ...row, change: "added", was: null };
    return { ...row, change: old.text === row.text ? "none" : "changed", was: old.text };
  });
  const gone = [...earlier.values()].map((row): StateField => ({ ...row, change: "removed", was: row.text }));
  return [...fields, ...gone];
}

/** A state that is a number or a text is a field as well. */
function rowsOf(value: unknown): readonly FieldRow[] {
  if (value === null || value === undefined) return [];
  return fieldsOf(typeof value === "object" ? value : { state: value });
}
