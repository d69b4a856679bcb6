import { setTimeout as pause } from "node:timers/promises";
import { anObject, checkOption, refuseOption, wholeNumber } from "../checkOptions.ts";
import type { Database, Transaction } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { TidingsError } from "../errors.ts";
import { sendTracked } from "../events/heldTracks.ts";
import { refuseEffects } from "../events/withoutEffects.ts";
import { isActionDefinition } from "./defineAction.ts";
import { performOne, type DoneAct } from "./doneAct.ts";
import { performActs, undoable, type PerformActsDependencies } from "./performActs.ts";
import type { Actions, PerformAllOptions, PerformedAll, PerformOptions } from "./performOptions.ts";
import {
  checkInputs,
  prepareAct,
  type ActRequest,
  type PrepareActDependencies,
  type PreparedAct,
} from "./prepareAction.ts";
import type { RunAct } from "./runContext.ts";
import { createWorkQueue, type WorkQueue } from "./workQueue.ts";

export interface PerformDependencies
  extends Omit<PerformActsDependencies, "performInside">, PrepareActDependencies {
  readonly db: Database;
  /** Called after a transaction that perform itself opened has committed. */
  readonly onCommitted: () => void;
}

/** `perform` and `performAll`: in the action that runs, in the caller's transaction, or in one of their own. */
export function createPerform<Handle>(given: PerformDependencies): Actions<Handle> & {
  /** One act in a transaction that is open and goes on when it fails. */
  readonly performIn: (request: ActRequest, tx: Transaction) => Promise<DoneAct>;
} {
  const dependencies: Dependencies = {
    ...given,
    performInside: async (request, tx) => {
      const [done] = await undoable(tx, () => performIn(dependencies, [request], tx));
      return done!;
    },
  };
  const perform = async (...call: unknown[]) => {
    const { handle, action, input, options } = argumentsOf<PerformOptions>(call);
    const requests = [{ action, inputs: [input], options, about: undefined }];
    const [done] = await performAny(dependencies, requests, handle);
    return performOne(done!);
  };
  const performAll = async (...call: unknown[]): Promise<PerformedAll> => {
    const { handle, action, input, options } = argumentsOf<PerformAllOptions>(call);
    const inputs: unknown = input;
    checkInputs(inputs);
    const requests = requestsOf(action, inputs, options);
    const done = inputs.length === 0 ? [] : await performAny(dependencies, requests, handle);
    const resultsOf = ({ repeated, results }: DoneAct, index: number) =>
      repeated ? requests[index]!.inputs.map(() => undefined) : results;
    return {
      results: done.flatMap(resultsOf),
      events: done.flatMap(({ event }) => event ?? []) as unknown as PerformedAll["events"],
      repeated: done.some(({ repeated }) => repeated),
    };
  };
  return {
    perform: perform as Actions<Handle>["perform"],
    performAll: performAll as Actions<Handle>["performAll"],
    performIn: dependencies.performInside,
  };
}

type Dependencies = PerformDependencies & PerformActsDependencies;

/** A handle may come first. */
function argumentsOf<Options>(call: readonly unknown[]) {
  const inCallersTransaction = !isActionDefinition(call[0]) && isActionDefinition(call[1]);
  const [action, input, options = {}] = inCallersTransaction ? call.slice(1) : call;
  checkOption(options, anObject, ["options"]);
  return {
    handle: inCallersTransaction ? { given: call[0] } : undefined,
    action,
    input,
    options: options as Options,
  };
}

function requestsOf(action: unknown, inputs: readonly unknown[], given: PerformAllOptions): ActRequest[] {
  const { events = "each", subject, idempotencyKey: key, ...rest } = given;
  if (events === "summary") {
    if (subject !== undefined)
      return [{ action, inputs, options: { ...rest, idempotencyKey: key }, about: subject }];
    return refuseOption(["subject"], 'is missing: it says what events: "summary" is about');
  }
  if (events !== "each") refuseOption(["events"], "must be each or summary");
  return Array.from(inputs, (input, index) => ({
    action,
    inputs: [input],
    among: inputs.length,
    options: { ...rest, idempotencyKey: key === undefined ? undefined : `${key}:${index}` },
    about: undefined,
  }));
}

async function performAny(
  dependencies: Dependencies,
  requests: readonly ActRequest[],
  handle: { readonly given: unknown } | undefined,
): Promise<DoneAct[]> {
  const { contexts, db } = dependencies;
  const context = contexts.current();
  refuseEffects(context, "perform");
  const act = context.act?.isOpen ? (context.act as RunAct) : undefined;
  const tx = handle && db.adopt(handle.given);
  const { retries = 0 } = requests[0]!.options;
  checkOption(retries, wholeNumber(0, Infinity), ["retries"]);
  if (retries > 0 && (act || tx))
    refuseOption(["retries"], "needs a transaction of its own to try again: here it is the caller's");
  if (act) {
    const done: DoneAct[] = [];
    for (const request of requests) done.push(await act.perform(request, tx));
    return done;
  }
  const acts = tx
    ? await queueOf(handle.given as object).add(() =>
        undoable(tx, () => performIn(dependencies, requests, tx)),
      )
    : await performInOwn(dependencies, requests, retries);
  // Of a caller's transaction it is not known when it commits, unless that is a handler's.
  for (const { tracked } of acts) sendTracked(tx ? context : {}, tracked);
  return acts;
}

/** Of a caller's transaction: its savepoints are a stack, so that two at once would undo each other. */
function queueOf(handle: object): WorkQueue {
  const queue = queues.get(handle) ?? createWorkQueue();
  queues.set(handle, queue);
  return queue;
}

const queues = new WeakMap<object, WorkQueue>();

/** What was prepared holds the first values that were captured: each try prepares anew. */
async function performIn(dependencies: Dependencies, requests: readonly ActRequest[], tx: Transaction) {
  const context = dependencies.contexts.current();
  const parent = context.act?.isOpen ? (context.act as RunAct) : null;
  const acts = requests.map((request) => prepareAct(request, context, dependencies));
  if (parent) checkAccount(parent, acts);
  return performActs(dependencies, tx, acts, parent?.eventId ?? null);
}

/** A replay of one account alone would run the other's child against rows that it has not emptied. */
function checkAccount({ account }: RunAct, acts: readonly PreparedAct[]): void {
  const other = acts.find(({ row }) => row.account !== account);
  if (!other) return;
  const detail = `${other.action.type} is of account "${other.row.account}": an action performs others in its own. Do it in after`;
  throw new TidingsError("INVALID_OPTION", { detail, path: ["account"] });
}

async function performInOwn(dependencies: Dependencies, requests: readonly ActRequest[], retries: number) {
  for (let tries = 0; ; tries++) {
    try {
      const done = await dependencies.db.transaction((tx) => performIn(dependencies, requests, tx));
      dependencies.onCommitted();
      return done;
    } catch (error) {
      if (tries >= retries || !RETRIABLE.includes(sqlStateOf(error) ?? "")) throw error;
      // Apart from the other one, which has just been let through.
      await pause(Math.random() * FIRST_WAIT_MS * 2 ** Math.min(tries, 6));
    }
  }
}

/** Serialization failure, deadlock. */
const RETRIABLE = ["40001", "40P01"];
const FIRST_WAIT_MS = 10;
