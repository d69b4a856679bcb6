import type { Database, Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import type { Draft } from "../events/draft.ts";
import { sendTracked } from "../events/heldTracks.ts";
import type { PositionedEvent, RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { upcastData } from "../events/upcast.ts";
import type { HandlerContext, SubscriptionOptions } from "../log/subscription.ts";
import type { Sealing } from "../sealing.ts";
import { actionData, readActions, type StoredAction } from "./actionRecord.ts";
import { isActionDefinition, type AnyActionDefinition } from "./defineAction.ts";
import { performOne, type DoneAct } from "./doneAct.ts";
import { hideSecrets } from "./hideSecrets.ts";
import type { ActRequest } from "./prepareAction.ts";
import { openData, sealedValues } from "./sensitive.ts";

export interface AfterActionsDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly contexts: ContextStore;
  readonly sealing: Sealing | null;
  readonly record: (drafts: readonly Draft[], tx: Transaction) => Promise<RecordedEvent[]>;
  readonly performIn: (request: ActRequest, tx: Transaction) => Promise<DoneAct>;
}

/**
 * What `after` is: a subscription to the actions that have one, event by event, so that what it performs commits together with
 * the note that it is done. Null where no action has one.
 */
export function afterActions(dependencies: AfterActionsDependencies): SubscriptionOptions | null {
  const types = dependencies.registry.types.filter(
    (definition) => isActionDefinition(definition) && definition.after !== undefined && !definition.ignored,
  );
  if (types.length === 0) return null;
  return {
    types,
    from: "start",
    batch: 1,
    // About an hour, with waits of up to five minutes: longer than most replays in place, which hold it up.
    maxAttempts: 20,
    run: async ([event], context) => callAfter(dependencies, event!, context),
  };
}

async function callAfter(
  { db, registry, contexts, sealing, record, performIn }: AfterActionsDependencies,
  event: PositionedEvent,
  { tx: handle, attempt, signal }: HandlerContext<unknown>,
): Promise<void> {
  if (!actionData(event as never).after) return;
  const action = registry.find(event.type);
  if (!isActionDefinition(action) || action.after === undefined) return;
  if (event.version !== action.version) {
    // Recorded before a deploy that changed the input, and nothing leads from there to here: a person must look.
    const detail = `${event.type} version ${event.version} has no upcaster, so after cannot read it`;
    throw new TidingsError("REPLAY_UNKNOWN_VERSION", { detail });
  }
  const tx = db.adopt(handle);
  await refuseDuringReplay(tx, event.account);
  const [stored] = action.sensitive.length === 0 ? [] : await readActions(tx, [event]);
  const whole = stored ? withSecrets(event, action, stored, sealing) : event;
  const perform = async (given: unknown, input: unknown, options = {}) => {
    const done = await performIn({ action: given, inputs: [input], options, about: undefined }, tx);
    sendTracked(contexts.current(), done.tracked);
    return performOne(done);
  };
  const ctx = {
    tx: handle,
    id: event.id,
    attempt,
    signal,
    record: (...drafts: readonly Draft[]) => record(drafts, tx),
    perform,
  };
  try {
    await action.after(whole as never, ctx as never);
  } catch (error) {
    // Its text is kept with the parked event and shown in the dashboard.
    throw stored ? hideSecrets(error, sealedValues(stored, sealing)) : error;
  }
}

/** What it performs would be refused, after it has had its effects: so it waits before it has any. */
async function refuseDuringReplay(tx: Transaction, account: string): Promise<void> {
  const [row] = await tx.query<{ under_way: boolean }>("select tidings.replay_under_way($1) as under_way", [
    account,
  ]);
  if (row!.under_way) throw new TidingsError("REPLAY_UNDER_WAY", { detail: `Account "${account}"` });
}

/** The event with what only a key opens. */
function withSecrets(
  event: PositionedEvent,
  action: AnyActionDefinition,
  stored: StoredAction,
  sealing: Sealing | null,
): PositionedEvent {
  const opened = openData(stored, sealing);
  return { ...event, data: upcastData(action.upcasters, stored.version, event.version, opened) };
}
