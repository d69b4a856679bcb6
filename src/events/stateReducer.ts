import { aFunction, anObject, wrongOption, type OptionKind, type Wrong } from "../checkOptions.ts";
import type { AnyEventDefinition, TypedDefinition } from "./defineEvent.ts";
import type { EntityRef } from "./entity.ts";
import type { RecordedEvent } from "./recordedEvent.ts";
import type { Registry } from "./registry.ts";

/**
 * An event whose type the compiler does not know: a step says what it takes of it, `(state, { data }: { data: { place: string } })`
 * or all of it, `(state, { data }: RecordedOf<typeof cardMoved>)`. An entity's own module cannot name its events' types, which are
 * made of the entity.
 */
export interface FoldedEvent extends Omit<RecordedEvent, "type" | "subject" | "refs" | "data"> {
  readonly type: never;
  readonly subject: EntityRef<never>;
  readonly refs: never;
  readonly data: never;
}

/** What is recorded by a definition: `RecordedOf<typeof cardMoved>`. */
export type RecordedOf<Definition> =
  Definition extends TypedDefinition<infer Shape> ? RecordedEvent<Shape> : never;

/** What becomes of a state by an event. May change the state that it is given, or return another one. */
export type StateStep<State> = {
  // A method, so that reducers of all states fit into one list.
  step(state: State, event: FoldedEvent): State;
}["step"];

/** How the events of one entity make its state: `{ initial: { moves: 0 }, on: { "card.moved": (state) => … } }`. */
export interface StateReducer<State> {
  /** Before the first event. Copied for each fold. */
  readonly initial: State;
  /**
   * By type, one at least; older names and versions come in their present form. Other events, and those without a step, are
   * passed over; a name that no definition has is refused.
   */
  readonly on: { readonly [type: string]: StateStep<NoInfer<State>> | undefined };
}

/** A reducer without its type: what definitions of entities hold. */
export type AnyStateReducer = StateReducer<unknown>;

/** What it does by type, without what is left out. */
export function stepsByType<State>({ on }: StateReducer<State>): [type: string, step: StateStep<State>][] {
  return Object.entries(on).flatMap(([type, step]) => (step === undefined ? [] : [[type, step]]));
}

/**
 * The same by definition. A name that none has, misspelt or left behind by a renaming, would fold nothing in silence: it is
 * refused, and so is a second name for the same type.
 */
export function stepsByDefinition<State>(
  reducer: StateReducer<State>,
  find: Registry["find"],
  refuse: Refuse,
): ReadonlyMap<AnyEventDefinition, StateStep<State>> {
  const steps = new Map<AnyEventDefinition, StateStep<State>>();
  for (const [type, step] of stepsByType(reducer)) {
    const definition =
      find(type) ?? refuse(["on", type], `is a type that no definition has${patternHint(type)}`);
    if (steps.has(definition)) refuse(["on", type], `is a second step for ${definition.type}`);
    steps.set(definition, step);
  }
  return steps;
}

function patternHint(type: string): string {
  return type.endsWith("*") ? ": a step takes one type, not a pattern" : "";
}

/** Says what is wrong with a reducer, and where. */
type Refuse = (path: Wrong["path"], what: string) => never;

/** Calls `refuse` unless it can work. */
export function checkReducer(reducer: unknown, refuse: Refuse): void {
  const wrong = wrongOption(reducer, { initial: copyable, on: anObject });
  if (wrong) refuse(wrong.path, wrong.what);
  const { on } = reducer as AnyStateReducer;
  if (!("initial" in (reducer as object))) refuse(["initial"], "is missing");
  const steps = Object.fromEntries(Object.keys(on ?? {}).map((type) => [type, aFunction]));
  const wrongStep = wrongOption(on, steps);
  if (wrongStep) refuse(["on", ...wrongStep.path], wrongStep.what);
  if (stepsByType(reducer as AnyStateReducer).length === 0) refuse(["on"], "names no event type");
}

/** Each fold begins with a copy: functions and promises have none. */
const copyable: OptionKind = {
  holds: (value) => {
    try {
      structuredClone(value);
      return true;
    } catch {
      return false;
    }
  },
  must: "must be data that structuredClone copies",
};
