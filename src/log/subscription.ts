import { createHash } from "node:crypto";
import {
  aBoolean,
  aFunction,
  aList,
  anything,
  wholeNumber,
  wrongOption,
  wrongText,
  type OptionKinds,
} from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import type { AnyEventDefinition, EventShape, Lane, TypedDefinition } from "../events/defineEvent.ts";
import { lanes as allLanes } from "../events/defineEvent.ts";
import { entityKey } from "../events/entity.ts";
import { normalFilter } from "../events/filter.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { StoredEvent } from "./storedEvent.ts";
import { wantedTypes } from "./wantedTypes.ts";

/** The events that a list of definitions and patterns stands for: typed when it holds definitions only. */
export type EventOf<Types> = Types extends readonly (infer Item)[]
  ? Item extends TypedDefinition<infer Shape>
    ? PositionedEvent<Shape>
    : PositionedEvent<EventShape>
  : PositionedEvent<EventShape>;

export interface HandlerContext<Handle> {
  /**
   * The driver's open transaction. What it writes commits together with the checkpoint: exactly once. Pass it to
   * `record` and to the app's own queries.
   */
  readonly tx: Handle;
  /** 1 at the first try. */
  readonly attempt: number;
  /** Aborted when the process stops or loses the subscription: give up what can be given up. */
  readonly signal: AbortSignal;
  /** Makes `event` the cause of what `work` records. Implied while a handler is given a single event. */
  because<Result>(event: PositionedEvent, work: () => Result): Result;
}

export interface SubscriptionOptions<
  Handle = unknown,
  Types extends readonly (AnyEventDefinition | string)[] = readonly (AnyEventDefinition | string)[],
> {
  /** Definitions, types or categories (`card.*`); a name or category that no definition has is refused. Default: all types. */
  types?: Types | undefined;
  /** Default: the lanes of the given definitions and types; `["domain"]` for categories and for all types. */
  lanes?: readonly Lane[] | undefined;
  /** Where a subscription begins that does not exist yet: all of history, what comes, or after a position. Default `now`. */
  from?: "start" | "now" | { readonly position: number } | undefined;
  /** How many handlers work at once, over all processes. Stored at first start; cannot change. 1 to 64, default 1. */
  slots?: number | undefined;
  /** With several slots: what stays in order, because it stays in one slot. Default `account`. */
  key?: "account" | "subject" | undefined;
  /** The most events of one call. 1 to 1,000, default 100. */
  batch?: number | undefined;
  /**
   * After `maxAttempts` tries of one event: `park` sets it aside and goes on, `stop` waits for a person, `retry` never
   * gives up and holds the slot. Default `park`.
   */
  onFailure?: "park" | "stop" | "retry" | undefined;
  /** Default 10: with waits doubling from one second to five minutes, about 8 minutes. */
  maxAttempts?: number | undefined;
  /**
   * Handles events of one account, in order. When it throws, the batch is rolled back and tried again, one event at a
   * time, until the event that fails is found.
   */
  run: (events: readonly EventOf<Types>[], context: HandlerContext<Handle>) => Promise<void> | void;
}

/** What apps cannot ask for. */
export interface InnerSubscriptionOptions<Handle = unknown> extends SubscriptionOptions<Handle> {
  /** Events of all accounts in one call, in the order of the log; the context then has no account. */
  mixed?: true | undefined;
}

/** A checked subscription. */
export interface Subscription {
  readonly name: string;
  /** Types and their older names; null: all of them. */
  readonly types: readonly string[] | null;
  readonly lanes: readonly Lane[];
  readonly from: "start" | "now" | { readonly position: number };
  readonly slots: number;
  readonly batch: number;
  readonly onFailure: "park" | "stop" | "retry";
  readonly maxAttempts: number;
  /** See InnerSubscriptionOptions. */
  readonly mixed?: true | undefined;
  readonly run: (
    events: readonly PositionedEvent[],
    context: HandlerContext<unknown>,
  ) => Promise<void> | void;
  /** Whether an event is wanted, and by which slot. */
  wants(event: Pick<StoredEvent, "account" | "lane" | "type" | "subject">, slot: number): boolean;
}

const subscriptionOptions = {
  types: aList,
  lanes: aList,
  from: anything,
  slots: wholeNumber(1, 64),
  key: anything,
  batch: wholeNumber(1, 1_000),
  onFailure: anything,
  maxAttempts: wholeNumber(1, Infinity),
  mixed: aBoolean,
  run: aFunction,
} satisfies OptionKinds;

/** Checks the options. Throws INVALID_OPTION, or INVALID_FILTER for types that cannot be. */
export function checkSubscription(
  name: string,
  options: InnerSubscriptionOptions,
  registry: Registry,
): Subscription {
  const wrong = wrongOption(options, subscriptionOptions);
  if (wrong) refuse(name, wrongText(wrong));
  if (options.run === undefined) refuse(name, "run is missing");
  const {
    slots = 1,
    key = "account",
    batch = 100,
    onFailure = "park",
    maxAttempts = 10,
    from = "now",
  } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/.test(name))
    refuse(name, "name must be 1 to 100 of A-Z, a-z, 0-9 and . _ : -");
  if (key !== "account" && key !== "subject")
    refuse(name, `key "${String(key)}" must be "account" or "subject"`);
  if (from !== "start" && from !== "now" && !(Number.isSafeInteger(from?.position) && from.position >= 0))
    refuse(name, 'from must be "start", "now" or { position } with a whole number from 0');
  if (!["park", "stop", "retry"].includes(onFailure))
    refuse(name, `onFailure "${onFailure}" must be "park", "stop" or "retry"`);

  const types = wantedTypes(options.types, registry, (what) => refuse(name, what));
  const { lanes } = normalFilter({ lanes: options.lanes ?? types.lanes }, "any", registry);
  const slotOf = createSlotOf(key, slots);
  const wantedLanes = new Set(lanes ?? allLanes);
  return {
    name,
    types: types.names,
    lanes: [...wantedLanes],
    from,
    slots,
    batch,
    onFailure,
    maxAttempts,
    mixed: options.mixed,
    run: options.run as Subscription["run"],
    wants: (event, slot) =>
      wantedLanes.has(event.lane) && types.has(event.type) && (slots === 1 || slotOf(event) === slot),
  };
}

/** Accounts whose slot is remembered: each slot asks it of every event, and a hash costs more than all else that is asked. */
const MOST_ACCOUNTS = 10_000;

/** The same in every process and for ever: a key must not change its slot. */
function createSlotOf(
  key: "account" | "subject",
  slots: number,
): (event: Pick<StoredEvent, "account" | "subject">) => number {
  const slotOfText = (text: string) => createHash("sha1").update(text).digest().readUInt32BE(0) % slots;
  if (key === "subject") return ({ account, subject }) => slotOfText(`${account}\0${entityKey(subject)}`);
  const known = new Map<string, number>();
  return ({ account }) => {
    let slot = known.get(account);
    if (slot === undefined) {
      if (known.size >= MOST_ACCOUNTS) known.clear();
      known.set(account, (slot = slotOfText(account)));
    }
    return slot;
  };
}

function refuse(name: string, detail: string): never {
  throw new TidingsError("INVALID_OPTION", { detail: `Subscription "${name}": ${detail}` });
}
