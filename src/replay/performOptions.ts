import type { DraftCommon } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { ActionDefinition, ActionShape } from "./defineAction.ts";

/** Who, when and why: taken from the context where absent. */
export interface PerformOptions extends Pick<
  DraftCommon,
  "account" | "actor" | "onBehalfOf" | "metadata" | "occurredAt" | "causedBy"
> {
  /** A second call with this key, within the account, does nothing and returns the first event. */
  idempotencyKey?: string | undefined;
  /** Fails with VERSION_CONFLICT unless the subject was changed by so many actions. 0: by none. Default: not asked. */
  expectedVersion?: number | undefined;
  /**
   * How often the whole transaction is tried again after a deadlock or a serialization failure (40P01, 40001), where perform
   * opened it itself. Default 0: the error is the caller's.
   */
  retries?: number | undefined;
}

/** What became of a call. */
export interface Performed<Shape extends ActionShape = ActionShape> {
  readonly repeated: false;
  readonly result: Shape["result"];
  /** Null where `run` called `ctx.skip`. */
  readonly event: RecordedEvent<Shape> | null;
  /** How many actions changed the subject, this one included. Null where there is no event, and inside a replay. */
  readonly version: number | null;
}

/** The idempotency key was taken by the same call: `run` did not run again. */
export interface Repeated<Shape extends ActionShape = ActionShape> {
  readonly repeated: true;
  readonly result: undefined;
  /** The first event. */
  readonly event: RecordedEvent<Shape>;
  readonly version: null;
}

type Unkeyed<Options> = Omit<Options, "idempotencyKey"> & { idempotencyKey?: undefined };

export type InsideOptions = Omit<PerformOptions, "retries">;

/** What a running action has to perform others with. (Methods, so that an action made for any handle fits every adapter.) */
export interface PerformInside<Handle> {
  /** Performs another action in the transaction that is open: an event of its own, caused by this one's. */
  perform<Shape extends ActionShape>(
    action: ActionDefinition<Shape, Handle>,
    input: Shape["input"],
    options?: Unkeyed<InsideOptions>,
  ): Promise<Performed<Shape>>;
  perform<Shape extends ActionShape>(
    action: ActionDefinition<Shape, Handle>,
    input: Shape["input"],
    options: InsideOptions,
  ): Promise<Performed<Shape> | Repeated<Shape>>;
}

/** `each`: an event for every input, in the order given. `summary`: one event for all of them. */
export type PerformAllOptions = Omit<PerformOptions, "expectedVersion"> &
  ({ events?: "each" | undefined; subject?: undefined } | { events: "summary"; subject: EntityRef });

/** What became of a list of calls: all of them, or none. */
export interface PerformedAll<Shape extends ActionShape = ActionShape> {
  /** One for each input; undefined where the idempotency key was taken. */
  readonly results: readonly (Shape["result"] | undefined)[];
  /** One for each input that was not skipped, or the summary alone. */
  readonly events: readonly RecordedEvent<Shape>[];
  /** Whether nothing ran, because the idempotency key was taken. */
  readonly repeated: boolean;
}

/** What `tidings` has to perform actions with. */
export interface Actions<Handle> {
  /**
   * Runs an action and records it, in the caller's transaction or in one of its own: both or neither. Throws what `run` throws;
   * INVALID_DATA, UNKNOWN_TYPE and ACTION_IGNORED before any SQL; IDEMPOTENCY_CONFLICT, VERSION_CONFLICT, REPLAY_UNDER_WAY,
   * EVENT_TOO_LARGE; and the database's own errors, deadlocks and serialization failures among them, as they are.
   */
  perform<Shape extends ActionShape>(
    action: ActionDefinition<Shape, Handle>,
    input: Shape["input"],
    options?: Unkeyed<PerformOptions>,
  ): Promise<Performed<Shape>>;
  perform<Shape extends ActionShape>(
    action: ActionDefinition<Shape, Handle>,
    input: Shape["input"],
    options: PerformOptions,
  ): Promise<Performed<Shape> | Repeated<Shape>>;
  perform<Shape extends ActionShape>(
    tx: Handle,
    action: ActionDefinition<Shape, Handle>,
    input: Shape["input"],
    options?: Unkeyed<InsideOptions>,
  ): Promise<Performed<Shape>>;
  perform<Shape extends ActionShape>(
    tx: Handle,
    action: ActionDefinition<Shape, Handle>,
    input: Shape["input"],
    options: InsideOptions,
  ): Promise<Performed<Shape> | Repeated<Shape>>;
  /** Runs an action for each input, at most 1,000, in one transaction: all or none. */
  performAll<Shape extends ActionShape>(
    action: ActionDefinition<Shape, Handle>,
    inputs: readonly Shape["input"][],
    options?: PerformAllOptions,
  ): Promise<PerformedAll<Shape>>;
  performAll<Shape extends ActionShape>(
    tx: Handle,
    action: ActionDefinition<Shape, Handle>,
    inputs: readonly Shape["input"][],
    options?: PerformAllOptions,
  ): Promise<PerformedAll<Shape>>;
}
