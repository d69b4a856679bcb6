import { TidingsError, isTidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import { recordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Json, JsonObject } from "../events/serializable.ts";
import { canUpcast, upcastData } from "../events/upcast.ts";
import type { Sealing } from "../sealing.ts";
import { storedAlone, type ActionData, type ActionItem, type StoredAction } from "./actionRecord.ts";
import { failureAgain } from "./captures.ts";
import type { AnyActionDefinition } from "./defineAction.ts";
import type { DoneAct } from "./doneAct.ts";
import { hideSecrets } from "./hideSecrets.ts";
import { prepareAct, type ActRequest, type PrepareActDependencies } from "./prepareAction.ts";
import { takeNext, type ActionPlace } from "./actionPlace.ts";
import { secondRun } from "./secondRun.ts";
import { openData, sealedValues } from "./sensitive.ts";

export interface ReplayActionDependencies extends PrepareActDependencies {
  readonly registry: Registry;
  readonly contexts: ContextStore;
  readonly sealing: Sealing | null;
}

/** Runs an action again, and gives all actions that were replayed inside of it, at any depth. */
export type ReplayAction = (
  action: AnyActionDefinition,
  event: StoredAction,
  place: ActionPlace,
) => Promise<readonly StoredAction[]>;

/**
 * Runs actions with what was recorded of them: captures give the same again, `record` writes nothing, actions performed inside run
 * where they did. Throws REPLAY_DIVERGED where `run` asks for what was not recorded, ERASED where no key opens it, and what `run`
 * throws.
 */
export function createReplayAction(dependencies: ReplayActionDependencies): ReplayAction {
  return async (action, event, place) => {
    const replayed: StoredAction[] = [];
    try {
      await replayEvent(dependencies, action, event, { ...place, replayed });
    } catch (error) {
      // Its message is kept with the replay, and listed for what was set aside.
      throw hideSecrets(error, [event, ...replayed].flatMap(secretsOf(dependencies)));
    }
    return replayed;
  };
}

/** Nothing where no key opens it: then nobody has it to tell. */
function secretsOf({ sealing }: ReplayActionDependencies): (event: StoredAction) => readonly Json[] {
  return (event) => {
    try {
      return sealedValues(event, sealing);
    } catch (error) {
      if (isTidingsError(error, "ERASED")) return [];
      throw error;
    }
  };
}

/** Where what was replayed inside is noted, too. */
type Place = ActionPlace & { readonly replayed: StoredAction[] };

async function replayEvent(
  dependencies: ReplayActionDependencies,
  action: AnyActionDefinition,
  event: StoredAction,
  place: Place,
): Promise<unknown[]> {
  const opened = openData(event, dependencies.sealing);
  const data = place.input ? opened : presentData(action, event, opened);
  const openEvent = { ...event, data: data as unknown as JsonObject };
  const results: unknown[] = [];
  for (const item of [data, ...data.others]) {
    const input = place.input ? place.input(item.input as JsonObject, openEvent) : item.input;
    results.push(await replayItem(dependencies, action, openEvent, { ...item, input: input as Json }, place));
  }
  return results;
}

function presentData(action: AnyActionDefinition, event: StoredAction, data: ActionData): ActionData {
  const { type, version, upcasters } = action;
  if (!canUpcast(upcasters, event.version, version))
    throw new TidingsError("REPLAY_DIVERGED", {
      detail: `${type} has version ${version} and cannot read version ${event.version} of event ${event.id}`,
    });
  return upcastData(upcasters, event.version, version, data) as ActionData;
}

async function replayItem(
  dependencies: ReplayActionDependencies,
  action: AnyActionDefinition,
  event: StoredAction,
  item: ActionItem,
  place: Place,
): Promise<unknown> {
  const { contexts } = dependencies;
  const { account, actor, onBehalfOf, metadata, lane, id, causeDepth } = event;
  const perform = createPerformAgain(dependencies, event, item, place);
  const second = secondRun(dependencies, action, { event, item, place, perform });
  const causedBy = { lane, id, account, causeDepth };
  const { act, run } = second;
  const withoutEffects = `The replay of "${event.type}"`;
  return contexts.run({ account, actor, onBehalfOf, metadata, causedBy, act, withoutEffects }, run);
}

/** Actions inside, in the order in which they were performed: each runs as the definition that `run` names today. */
function createPerformAgain(
  dependencies: ReplayActionDependencies,
  event: StoredAction,
  item: ActionItem,
  place: Place,
): (request: ActRequest) => Promise<DoneAct> {
  const { registry, contexts } = dependencies;
  const left = [...item.performed];
  const diverged = (what: string) =>
    new TidingsError("REPLAY_DIVERGED", { detail: `${event.type} ${event.id} ${what}` });
  return async (request) => {
    const action = request.action as AnyActionDefinition;
    const note = takeNext(left, action.type, registry);
    if (note === undefined) throw diverged(`performs ${action.type}, which it did not then`);
    if ("failed" in note) throw failureAgain(note.failed);
    // What `run` gives it today: where the event does not tell, or cannot be read any more.
    const given = () => prepareAct(request, contexts.current(), dependencies);
    const done = { version: null, raised: [], tracked: [], repeated: false };
    if ("skipped" in note) {
      const { row, calls } = given();
      const { account, actor, onBehalfOf, metadata } = row;
      const { at, ...captures } = note.skipped;
      const then = { ...event, account, actor, onBehalfOf, metadata, occurredAt: new Date(at) };
      const skipping = { input: calls[0]!.input, ...captures, recorded: [], performed: [] };
      const result = await replayItem(dependencies, action, then, skipping, place);
      return { ...done, event: null, results: [result] };
    }
    const child = place.inside.get(note.id);
    if (!child) throw diverged(`performed ${note.id}, which is gone`);
    const performed = { ...done, event: recordedEvent(storedAlone(child), registry) };
    if (note.repeated) return { ...performed, results: [], repeated: true };
    place.replayed.push(child);
    const readsIt = canUpcast(action.upcasters, child.version, action.version);
    const input = readsIt ? undefined : () => given().calls[0]!.input;
    const results = await replayEvent(dependencies, action, child, { ...place, input });
    return { ...performed, results };
  };
}
