import type { Database, Parameter } from "../db/database.ts";
import { textArray } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { checkTime, checkWhole, refuseField } from "../events/checkQuery.ts";
import { checkNames, type NamesOf } from "../events/filter.ts";
import type { Page } from "../events/page.ts";
import type { Registry } from "../events/registry.ts";
import { isEventId } from "../log/eventId.ts";
import { idFloor } from "../log/findEvents.ts";
import { accountName } from "./accountName.ts";
import { readAttempts, type Attempt } from "./attempts.ts";
import {
  cursorUuid,
  delivery,
  DELIVERY_COLUMNS,
  BESIDE,
  readDelivery,
  type Delivery,
  type DeliveryRow,
} from "./delivery.ts";
import { deliveryStates, openStates, type DeliveryState } from "./deliveryState.ts";
import type { Message } from "./message.ts";
import { publicId, uuidOf } from "./publicId.ts";
import { readMessage } from "./readMessage.ts";
import { isTypePattern, likePatterns } from "./typePattern.ts";

/** Which deliveries: values of one field are alternatives, fields add up. */
export interface DeliveryQuery {
  readonly account?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Of this event of the log, by its id. */
  readonly event?: string | undefined;
  readonly states?: readonly DeliveryState[] | undefined;
  /** As endpoints ask for them: `card.moved`, `card.*`, `*.created` or `*`, also by older names. 1 to 50. */
  readonly types?: readonly string[] | undefined;
  /** Made at or after this moment. */
  readonly since?: Date | undefined;
  /** Made before this moment. */
  readonly until?: Date | undefined;
  /** A page's `older`. */
  readonly before?: string | undefined;
  /** A page's `newer`. */
  readonly after?: string | undefined;
  /** 1 to 200. Default 50. */
  readonly limit?: number | undefined;
}

export interface DeliveryDetails extends Delivery {
  /** What is sent. Null when retention has dropped it. */
  readonly content: Message | null;
  /** The last 100 tries, the newest last. */
  readonly history: readonly Attempt[];
}

export interface Deliveries {
  /**
   * Newest first. One call looks at 10,000 deliveries at most, so that a rare type costs several short reads and not a
   * long one: a page may hold few items, or none, and still have an `older`.
   */
  list(query?: DeliveryQuery): Promise<Page<Delivery>>;
  /** Throws DELIVERY_NOT_FOUND, also for a delivery of another account. */
  get(id: string, options?: { readonly account?: string | undefined }): Promise<DeliveryDetails>;
}

export interface DeliveriesDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

export function createDeliveries({ db, registry, accountOf }: DeliveriesDependencies): Deliveries {
  return {
    list: async (query = {}) => {
      checkNames(query, queryNames);
      const limit = checkWhole("limit", query.limit ?? 50, 1, 200);
      const { scanned, conditions, parameters, ofScan } = search(query, accountOf(query.account), registry);
      const direction = query.after === undefined ? "desc" : "asc";
      const rows = await db.query<DeliveryRow>(
        `select ${DELIVERY_COLUMNS}
           from (${scanned}) d ${BESIDE}
          where ${conditions} order by d.id ${direction} limit ${limit + 1}`,
        parameters,
      );
      // Not full: either there is no more, or the scan ended here and the next page goes on behind it.
      const [end] =
        rows.length > limit
          ? [rows[limit - 1]]
          : await db.query<{ id: string }>(
              `select d.id::text from (${scanned}) d order by d.id ${direction} offset ${SCANNED - 1} limit 1`,
              parameters.slice(0, ofScan),
            );
      return page(rows.slice(0, limit), query, end?.id ?? null);
    },

    get: async (id, options = {}) => {
      checkNames(options, accountName);
      const account = accountOf(options.account);
      const uuid = uuidOf("delivery", id);
      const found = await readDelivery(db, account, uuid);
      const content = await readMessage(db, account, uuidOf("message", found.message));
      return { ...found, content, history: await readAttempts(db, account, uuid) };
    },
  };
}

const queryNames: NamesOf<DeliveryQuery> = {
  account: true,
  endpoint: true,
  event: true,
  states: true,
  types: true,
  since: true,
  until: true,
  before: true,
  after: true,
  limit: true,
};

const SCANNED = 10_000;

interface Search {
  /** A query of deliveries by id: account, endpoint and time, and one of the indexes. */
  readonly scanned: string;
  /** What is asked of each of them. */
  readonly conditions: string;
  readonly parameters: Parameter[];
  /** How many of the parameters `scanned` takes: the first ones. */
  readonly ofScan: number;
}

function search(query: DeliveryQuery, account: string, registry: Registry): Search {
  const states = checkStates(query.states);
  const types = checkTypes(query.types);
  const since = checkTime("since", query.since);
  const until = checkTime("until", query.until);
  if (since !== null && until !== null && since >= until) refuseField("since", "must be before until");
  if (query.before !== undefined && query.after !== undefined)
    throw new TidingsError("INVALID_CURSOR", { detail: "Pass before or after, not both" });

  const parameters: Parameter[] = [];
  const bind = (value: Parameter) => `$${parameters.push(value)}`;
  const ofAccount = bind(account);
  const endpoint = query.endpoint === undefined ? null : bind(uuidOf("endpoint", query.endpoint));
  const event = query.event === undefined ? null : bind(checkEvent(query.event));
  const low = query.after === undefined ? null : bind(cursorUuid(query.after));
  const high = query.before === undefined ? null : bind(cursorUuid(query.before));
  const first = since === null ? null : bind(idFloor(since));
  const end = until === null ? null : bind(idFloor(until));
  const range = (id: string) =>
    [
      `account_id = ${ofAccount}`,
      endpoint && `endpoint_id = ${endpoint}::uuid`,
      low && `${id} > ${low}::uuid`,
      high && `${id} < ${high}::uuid`,
      first && `${id} >= ${first}::uuid`,
      end && `${id} < ${end}::uuid`,
    ]
      .filter(Boolean)
      .join(" and ");
  const ordered = (id: string) =>
    `order by ${id} ${query.after === undefined ? "desc" : "asc"} limit ${SCANNED}`;

  // Few deliveries are under way, and few were ever in trouble: both have an index of their own.
  const isOpen = states?.every((state) => openStates.some((open) => open === state)) ?? false;
  const isTroubled = states?.every((state) => state !== "pending" && state !== "delivered") ?? false;
  const scanned = event
    ? `select d.* from (select id from tidings.messages where account_id = ${ofAccount} and event_id = ${event}::uuid) m
        cross join lateral (select * from tidings.deliveries where ${range("id")} and message_id = m.id) d ${ordered("d.id")}`
    : isOpen
      ? `select d.* from (select delivery_id from tidings.delivery_queue where ${range("delivery_id")} ${ordered("delivery_id")}) open
        cross join lateral (select * from tidings.deliveries where account_id = ${ofAccount} and id = open.delivery_id limit 1) d`
      : `select * from tidings.deliveries where ${range("id")} ${isTroubled ? "and troubled" : ""} ${ordered("id")}`;
  const ofScan = parameters.length;
  const conditions = [
    states && `d.state = any(${bind(textArray(states))}::text[])`,
    types && `d.type like any(${bind(textArray(likePatterns(types, registry)))}::text[])`,
  ].filter(Boolean);
  return { scanned, conditions: conditions.join(" and ") || "true", parameters, ofScan };
}

function checkEvent(event: string): string {
  return isEventId(event) ? event : refuseField("event", "must be the id of an event");
}

function checkStates(states: DeliveryQuery["states"]): readonly DeliveryState[] | null {
  if (states === undefined) return null;
  if (
    !Array.isArray(states) ||
    states.length === 0 ||
    states.length > 50 ||
    !states.every((state) => deliveryStates.includes(state))
  )
    refuseField("states", `must hold 1 to 50 of ${deliveryStates.join(", ")}`);
  return states;
}

function checkTypes(types: DeliveryQuery["types"]): readonly string[] | null {
  if (types === undefined) return null;
  const isPattern = (type: unknown) => typeof type === "string" && isTypePattern(type);
  if (!Array.isArray(types) || types.length < 1 || types.length > 50 || !types.every(isPattern))
    refuseField("types", "must hold 1 to 50 types or patterns such as card.*");
  return types;
}

/** `end`: where the next page in the asked direction begins, or null. */
function page(rows: DeliveryRow[], query: DeliveryQuery, end: string | null): Page<Delivery> {
  const forward = query.after !== undefined;
  if (forward) rows.reverse();
  const cursor = (uuid: string | null | undefined) => (uuid ? publicId("delivery", uuid) : null);
  const items = rows.map(delivery);
  return forward
    ? {
        items,
        older: cursor(rows.at(-1)?.id) ?? query.after!,
        newer: cursor(end) ?? cursor(rows[0]?.id) ?? query.after!,
      }
    : { items, older: cursor(end), newer: cursor(rows[0]?.id) ?? query.before ?? null };
}
