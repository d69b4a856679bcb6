import { aFunction, anObject, wrongOption, type OptionKind, type Wrong } from "../checkOptions.ts";
import type { TypedDefinition } from "./defineEvent.ts";
import type { EntityRef } from "./entity.ts";
import type { RecordedEvent } from "./recordedEvent.ts";

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
  /** By type; older names and versions come in their present form. Other events, and those without a step, are passed over. */
  readonly on: { readonly [type: string]: StateStep<NoInfer<State>> | undefined };
}

/** A reducer without its type: what definitions of entities hold. */
export type AnyStateReducer = StateReducer<unknown>;

/** What it does by type, without what is left out. */
export function stepsByType<State>({ on }: StateReducer<State>): [type: string, step: StateStep<State>][] {
  return Object.entries(on).flatMap(([type, step]) => (step === undefined ? [] : [[type, step]]));
}

/** Calls `refuse` unless it can work: what is wrong with it, and where. */
export function checkReducer(reducer: unknown, refuse: (path: Wrong["path"], what: string) => never): void {
  const wrong = wrongOption(reducer, { initial: copyable, on: anObject });
  if (wrong) refuse(wrong.path, wrong.what);
  const { on } = reducer as AnyStateReducer;
  if (!("initial" in (reducer as object))) refuse(["initial"], "is missing");
  const steps = Object.fromEntries(Object.keys(on ?? {}).map((type) => [type, aFunction]));
  const wrongStep = wrongOption(on, steps);
  if (wrongStep) refuse(["on", ...wrongStep.path], wrongStep.what);
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
