import type { Draft } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { RecordedEvents } from "../events/record.ts";
import type { ActionShape } from "./defineAction.ts";
import type { PerformInside } from "./performOptions.ts";

/** What an action's functions have in hand before anything is written: recorded the first time, given back on replay. */
export interface ActionValues {
  readonly account: string;
  readonly actor: EntityRef;
  /** A new UUID, version 7. */
  id(): string;
  /** A number from 0 up to 1, for what is not secret. */
  random(): number;
}

/** What `run` gets. On replay all of it gives the same again, and writes nothing but through `tx`. */
export interface ActionContext<Handle = unknown> extends ActionValues, PerformInside<Handle> {
  /** The driver's open transaction. What the action changes goes through it. */
  readonly tx: Handle;
  /** What the action happens to: what `subject` said, or `about` since. */
  readonly subject: EntityRef;
  /** When the action happens, the same at each call: `occurredAt` where it was given, otherwise the moment it began. */
  now(): Date;
  /**
   * What `make` gives the first time. Give each value a name of its own; it must be JSON. Use it for whatever would come out
   * differently a second time: a token, a password's hash, what another system answered. Throws UNSERIALIZABLE; on replay
   * REPLAY_DIVERGED where the name was not captured, ERASED where it was sensitive and cannot be opened.
   */
  capture<Value>(name: string, make: () => Value): Promise<Awaited<Value>>;
  /** Corrects the subject: an upsert learns here which row it changed. */
  about(entity: EntityRef): void;
  /**
   * Nothing is to be changed, so nothing is recorded: `if (closed) return ctx.skip(card)`. Gives back what it is given. Throws
   * SKIP_TOO_LATE after something was recorded or performed.
   */
  skip<Result>(result: Result): Result;
  skip(): undefined;
  /** Records events, each caused by the action and at its time. On replay writes nothing and gives back the events of then. */
  record<const Drafts extends readonly Draft[]>(...drafts: Drafts): Promise<RecordedEvents<Drafts>>;
}

/** What `after` gets: a worker's call, once the action has committed. */
export interface AfterContext<Handle = unknown> extends PerformInside<Handle> {
  /** Commits together with the note that `after` is done: what is performed and recorded in it is so exactly once. */
  readonly tx: Handle;
  /** The id of the action's event, the same at each try: an idempotency key for other systems. */
  readonly id: string;
  /** 1 at the first try. */
  readonly attempt: number;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
  record<const Drafts extends readonly Draft[]>(...drafts: Drafts): Promise<RecordedEvents<Drafts>>;
}

/** The event that `after` gets, with what is sensitive in its input. */
export type AfterEvent<Shape extends ActionShape> = PositionedEvent<Shape>;
