import { textArray, type Database, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { HandlerContext, InnerSubscriptionOptions } from "../log/subscription.ts";
import type { PayloadFormat } from "./endpoint.ts";
import { enqueue, type WantedDelivery } from "./enqueue.ts";
import { evaluate } from "./evaluate.ts";
import type { Expression } from "./expression.ts";
import type { NewMessage } from "./message.ts";
import { createTurns } from "./turns.ts";
import { matchesTypeByName } from "./typePattern.ts";
import { isAbout } from "./webhookEvents.ts";
import type { MessageWriter } from "./writeMessage.ts";

export interface FanOutDependencies<Handle> {
  readonly db: Database<Handle>;
  readonly registry: Registry;
  readonly writer: MessageWriter;
}

/** Row changes and what browsers send never go out. */
export const outgoingLanes = ["domain", "system"] as const satisfies readonly Lane[];

/**
 * Fan-out: from the log to the queue. Messages, deliveries and the checkpoint commit together, so that an event is neither lost
 * nor sent twice; what is sent is made here, once, and kept as bytes.
 */
export function fanOutSubscription<Handle>(
  dependencies: FanOutDependencies<Handle>,
): InnerSubscriptionOptions<Handle> {
  return {
    lanes: outgoingLanes,
    // An account stays in one slot and in order; another one's trouble holds up a quarter of the accounts at most.
    slots: 4,
    key: "account",
    batch: 200,
    // One statement for all of a batch: each takes 1 ms of the server whatever it writes, and 55 µs for a delivery (measured).
    mixed: true,
    // A `publicId` or `write` that throws is the app's mistake: after 15 seconds the event is set aside and the others go on.
    maxAttempts: 5,
    onFailure: "park",
    run: async (events, { tx, because }) => {
      await fanOut(dependencies.db.adopt(tx), events, { ...dependencies, because });
    },
  };
}

/** What decides whether an endpoint gets an event, and how it is written. */
export interface FanOutEndpoint {
  readonly id: string;
  readonly types: readonly string[];
  readonly filter: Expression | null;
  readonly format: PayloadFormat;
  readonly payloadVersion: number;
}

async function fanOut(
  tx: Queryable,
  events: readonly PositionedEvent[],
  {
    registry,
    writer,
    because,
  }: Omit<FanOutDependencies<never>, "db"> & Pick<HandlerContext<never>, "because">,
): Promise<void> {
  const outgoing = events.filter((event) => mayGoOut(event, registry));
  if (outgoing.length === 0) return;
  const endpointsOf = await readEndpoints(tx, new Set(outgoing.map(({ account }) => account)));
  const indexes = new Map<NewMessage, number>();
  const wanted: WantedDelivery[] = [];
  const nextTurn = createTurns();
  for (const event of outgoing) {
    for (const endpoint of endpointsOf.get(event.account) ?? []) {
      if (!wantsType(endpoint, event, registry)) continue;
      // A filter takes up to 40 ms for an event of 64 KB (measured), and there may be 100 filters and 200 events.
      if (endpoint.filter !== null) await nextTurn();
      // What the app's own functions ask for, such as a `publicId`, is of the event's account.
      const message = because(event, () =>
        passesFilter(endpoint, event, writer) ? writer.write(event, endpoint) : null,
      );
      if (message === null) continue;
      const index = indexes.get(message) ?? indexes.size;
      indexes.set(message, index);
      wanted.push({ message: index, endpoint: endpoint.id, key: message.subject });
    }
  }
  if (wanted.length > 0) await enqueue(tx, "event", [...indexes.keys()], wanted);
}

/** False for what its lane or its definition keeps inside; true for a type that nobody here knows. */
export function mayGoOut({ lane, type }: PositionedEvent, registry: Registry): boolean {
  return outgoingLanes.some((outgoing) => outgoing === lane) && registry.find(type)?.webhook !== null;
}

/** Whether an endpoint asked for an event: by type, and by its filter. Throws what a `publicId` or a `write` throws. */
export function wants(
  endpoint: FanOutEndpoint,
  event: PositionedEvent,
  registry: Registry,
  writer: MessageWriter,
): boolean {
  return wantsType(endpoint, event, registry) && passesFilter(endpoint, event, writer);
}

function passesFilter(
  { filter, payloadVersion }: FanOutEndpoint,
  event: PositionedEvent,
  writer: MessageWriter,
): boolean {
  return filter === null || evaluate(filter, writer.publicForm(event, payloadVersion));
}

/** By its type, or by a name that the type had; never what is about the endpoint itself. */
export function wantsType(
  { id, types }: Pick<FanOutEndpoint, "id" | "types">,
  event: PositionedEvent,
  registry: Registry,
): boolean {
  return matchesTypeByName(types, event.type, registry) && !isAbout(event, id);
}

/** Disabled ones too: their deliveries are held, and can be recovered. */
const READ_ENDPOINTS = `
select account_id as account, id::text, array_to_json(types)::text as types, filter::text, format, payload_version
  from tidings.endpoints
 where account_id = any($1::text[]) and status <> 'deleted'
 order by account_id, id`;

interface EndpointRow {
  account: string;
  id: string;
  types: string;
  filter: string | null;
  format: PayloadFormat;
  payload_version: number;
}

/** By account. */
async function readEndpoints(
  tx: Queryable,
  accounts: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly FanOutEndpoint[]>> {
  const rows = await tx.query<EndpointRow>(READ_ENDPOINTS, [textArray([...accounts])], { prepare: true });
  const endpoints = new Map<string, FanOutEndpoint[]>([...accounts].map((account) => [account, []]));
  for (const { account, id, types, filter, format, payload_version } of rows) {
    endpoints.get(account)!.push({
      id,
      types: JSON.parse(types) as string[],
      filter: filter === null ? null : (JSON.parse(filter) as Expression),
      format,
      payloadVersion: payload_version,
    });
  }
  return endpoints;
}
