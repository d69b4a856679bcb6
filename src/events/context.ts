import { AsyncLocalStorage } from "node:async_hooks";
import type { EventReference } from "./draft.ts";
import type { EntityRef } from "./entity.ts";
import type { JsonObject } from "./serializable.ts";

/** Who acts, for which account, and what is worth remembering about the request. */
export interface Context {
  readonly account?: string | undefined;
  readonly actor?: EntityRef | undefined;
  readonly onBehalfOf?: EntityRef | null | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Inside a subscription's handler: the event that it handles. */
  readonly causedBy?: EventReference | undefined;
}

export interface ContextStore {
  /** Calls `work` with `context` laid over the present one; metadata is merged key by key. */
  run<Result>(context: Context, work: () => Result): Result;
  current(): Context;
}

export function createContextStore(): ContextStore {
  const storage = new AsyncLocalStorage<Context>();
  const current = () => storage.getStore() ?? {};
  return {
    current,
    run: (context, work) => storage.run(overlay(current(), context), work),
  };
}

function overlay(outer: Context, inner: Context): Context {
  const given = Object.fromEntries(
    Object.entries(inner).filter(([, value]) => value !== undefined),
  ) as Context;
  return { ...outer, ...given, metadata: { ...outer.metadata, ...inner.metadata } };
}
