import { AsyncLocalStorage } from "node:async_hooks";
import type { Act } from "./act.ts";
import type { EventReference } from "./draft.ts";
import type { EntityRef } from "./entity.ts";
import type { HeldTrack } from "./heldTracks.ts";
import type { JsonObject } from "./serializable.ts";
import type { Viewer } from "./viewer.ts";

/** Who acts, for which account, and what is worth remembering about the request. */
export interface Context {
  readonly account?: string | undefined;
  readonly actor?: EntityRef | undefined;
  readonly onBehalfOf?: EntityRef | null | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Inside a subscription's handler: the event that it handles. */
  readonly causedBy?: EventReference | undefined;
}

/** What Tidings itself keeps beside it. */
export interface InnerContext extends Context {
  /** Inside a replay or a projection: who would break history by recording. Says so in the refusal. */
  readonly withoutEffects?: string | undefined;
  /** Inside an action's `run`: what takes note of its effects. */
  readonly act?: Act | undefined;
  /** Who records over HTTP: to them a cause that they may not see is none. Undefined: the app itself, which sees everything. */
  readonly viewer?: Viewer | undefined;
  /** Inside a handler's transaction: keeps what it tracks until that has committed. See heldTracks.ts. */
  readonly holdTrack?: ((track: HeldTrack) => void) | undefined;
}

export interface ContextStore {
  /** Calls `work` with `context` laid over the present one; metadata is merged key by key. */
  run<Result>(context: InnerContext, work: () => Result): Result;
  current(): InnerContext;
}

export function createContextStore(): ContextStore {
  const storage = new AsyncLocalStorage<InnerContext>();
  const current = () => storage.getStore() ?? {};
  return {
    current,
    run: (context, work) => storage.run(overlay(current(), context), work),
  };
}

/** What the app itself gave of it. */
export function givenContext({
  act: _act,
  withoutEffects: _withoutEffects,
  holdTrack: _holdTrack,
  viewer: _viewer,
  ...given
}: InnerContext): Context {
  return given;
}

/** A replay or projection inside an action's run, or the other way round: what lies inside decides about effects. */
function overlay(outer: InnerContext, inner: InnerContext): InnerContext {
  const given = Object.fromEntries(
    Object.entries(inner).filter(([, value]) => value !== undefined),
  ) as InnerContext;
  const { act: _act, withoutEffects: _withoutEffects, ...kept } = outer;
  const decides = given.act !== undefined || given.withoutEffects !== undefined;
  return { ...(decides ? kept : outer), ...given, metadata: { ...outer.metadata, ...inner.metadata } };
}
