import { setTimeout as passes } from "node:timers/promises";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import { entityKey } from "../events/entity.ts";
import type { Registry } from "../events/registry.ts";
import type { Tidings } from "../tidings.ts";
import type { Delivery } from "../webhooks/delivery.ts";
import type { DeliveryState } from "../webhooks/deliveryState.ts";

/** Which deliveries. Only what is given is compared. */
export interface DeliveryExpectation {
  /** `ep_…`. Default: any endpoint of the account. */
  endpoint?: string | undefined;
  /** What the event happened to: with the app's own id, or with the one that receivers see. */
  subject?: SubjectExpectation | undefined;
  /** In one of these states. Default: any. */
  states?: readonly DeliveryState[] | undefined;
  /** Exactly so many; 0 looks once, so call `work()` before. Default: at least one. */
  times?: number | undefined;
  /** Waits so many milliseconds for them. Default 5_000. */
  withinMs?: number | undefined;
  /** Default: the context's account, then the fixed one. */
  account?: string | undefined;
}

type SubjectExpectation = { readonly type: string; readonly id: string };

export type DeliveriesSource = Pick<Tidings, "webhooks" | "registry">;

const LOOK_EVERY_MS = 20;
/** The newest deliveries that are looked at: more than a test makes, in one page. */
const LOOK_AT = 200;
/** The most that a message shows. */
const SHOW = 5;

export interface FoundDeliveries {
  readonly matching: readonly Delivery[];
  /** Of the type, whatever else they are: what a message shows. */
  readonly others: readonly Delivery[];
  readonly enough: boolean;
}

/** Looks until there are as many as expected, or the time is over. */
export async function findDeliveries(
  tidings: DeliveriesSource,
  definition: AnyEventDefinition,
  expected: DeliveryExpectation,
): Promise<FoundDeliveries> {
  const { times, withinMs = 5_000 } = expected;
  const until = performance.now() + withinMs;
  for (;;) {
    const found = await look(tidings, definition, expected);
    const { length } = found.matching;
    const enough = times === undefined ? length > 0 : length === times;
    if (enough || length > (times ?? Infinity) || performance.now() >= until) return { ...found, enough };
    await passes(LOOK_EVERY_MS);
  }
}

async function look(
  tidings: DeliveriesSource,
  definition: AnyEventDefinition,
  { endpoint, subject, states, account }: DeliveryExpectation,
): Promise<Omit<FoundDeliveries, "enough">> {
  const subjects = subject === undefined ? null : subjectKeys(subject, tidings.registry);
  const { items } = await tidings.webhooks.deliveries.list({
    account,
    types: [definition.type],
    limit: LOOK_AT,
  });
  const others = items.filter(({ origin }) => origin !== "test"); // those are of no event
  const matching: Delivery[] = [];
  for (const delivery of others) {
    if (endpoint !== undefined && delivery.endpoint !== endpoint) continue;
    if (states && !states.includes(delivery.state)) continue;
    if (subjects !== null && !(delivery.subject && subjects.includes(entityKey(delivery.subject)))) continue;
    matching.push(delivery);
  }
  return { matching: matching.reverse(), others };
}

/** As deliveries may name it: by the app's own id, or by the public one that stands for it. */
function subjectKeys(subject: SubjectExpectation, registry: Registry): string[] {
  const { type, id } = subject;
  const publicId = registry.entities.get(type)?.options.publicId;
  if (publicId === undefined) return [entityKey(subject)];
  try {
    return [entityKey(subject), entityKey({ type, id: publicId(id) })];
  } catch {
    return [entityKey(subject)]; // it was the public id, of which there is no other
  }
}

/** What a failing expectation says. */
export function describeFound(
  what: string,
  definition: AnyEventDefinition,
  { endpoint, subject, times }: DeliveryExpectation,
  { matching, others }: FoundDeliveries,
): string {
  const conditions = [subject && ` about ${entityKey(subject)}`, endpoint && ` for ${endpoint}`];
  const wanted = times === undefined ? "at least one" : `${times}`;
  const asked = `Expected ${wanted} ${definition.type}${conditions.filter(Boolean).join("")} to be ${what}`;
  if (others.length === 0) {
    return `${asked}, but there is no delivery of this type. Was it recorded, is an endpoint asking for it, and do the loops run?`;
  }
  const shown = others.slice(0, SHOW).map(describeDelivery);
  const more = others.length > SHOW ? [`  … and ${others.length - SHOW} older`] : [];
  return [`${asked}, found ${matching.length}. Of this type there are:`, ...shown, ...more].join("\n");
}

function describeDelivery({ id, subject, endpoint, state, attempts, failure, status }: Delivery): string {
  const about = subject === null ? "" : ` about ${entityKey(subject)}`;
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  const last = failure === null ? "" : `, ${failure}${status === null ? "" : ` ${status}`}`;
  return `  - ${id}${about} for ${endpoint}: ${state} after ${tries}${last}`;
}
