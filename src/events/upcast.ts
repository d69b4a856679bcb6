import type { StandardSchemaV1 } from "@standard-schema/spec";

/** Turns the data of one version into that of the next. */
export interface UpcastStep<Old = unknown, Next = unknown> {
  /** The schema of the old version: types the step, and shows the catalog what old events held. */
  readonly schema: StandardSchemaV1;
  readonly step: (old: Old) => Next;
}

/** `upcast: { 1: from(movedV1, (old) => ({ position: old.index })) }`. Steps must be pure: they run at every read. */
export function from<Old, Next>(
  schema: StandardSchemaV1<unknown, Old>,
  step: (old: Old) => Next,
): UpcastStep<Old, Next> {
  return { schema, step };
}

/** Upcasters by the version that they read: 1 leads to 2, 2 to 3, and the last one to the present data. */
export type Upcasters = { readonly [version: number]: UpcastStep<never, unknown> };

/** Requires of each step that what it makes is what the next one reads. */
export type CheckedUpcasters<Steps, Data> = {
  readonly [Version in keyof Steps]: Steps[Version] extends UpcastStep<infer Old, infer _>
    ? UpcastStep<Old, ReadBy<Steps, Successor<Version>, Data>>
    : never;
};

type ReadBy<Steps, Version, Data> = Version extends keyof Steps
  ? Steps[Version] extends UpcastStep<infer Old, infer _>
    ? Old
    : never
  : Data;

// A type that had more than twenty shapes should become a new type.
interface Successors {
  1: 2;
  2: 3;
  3: 4;
  4: 5;
  5: 6;
  6: 7;
  7: 8;
  8: 9;
  9: 10;
  10: 11;
  11: 12;
  12: 13;
  13: 14;
  14: 15;
  15: 16;
  16: 17;
  17: 18;
  18: 19;
  19: 20;
  20: 21;
}
type Successor<Version> = Version extends keyof Successors ? Successors[Version] : never;

/** Whether steps lead from this version to the present one. */
export function canUpcast(steps: Upcasters, version: number, current: number): boolean {
  for (let at = version; at < current; at++) if (steps[at] === undefined) return false;
  return version <= current;
}

/** The data as the present version has it, by way of each step from `version` on. */
export function upcastData(steps: Upcasters, version: number, current: number, data: unknown): unknown {
  let value = data;
  for (let at = version; at < current; at++) value = steps[at]!.step(value as never);
  return value;
}
