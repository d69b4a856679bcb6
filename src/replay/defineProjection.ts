import {
  aFunction,
  anObject,
  anything,
  wholeNumber,
  wrongOption,
  wrongText,
  type OptionKinds,
} from "../checkOptions.ts";
import type { Parameter } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { isEventDefinition, type AnyEventDefinition } from "../events/defineEvent.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { EventOf } from "../log/subscription.ts";
import { checkTables, type ProjectionTable, type TableSpec } from "./projectionTables.ts";

export interface ProjectionContext<Table extends string = string> {
  /** A statement in the transaction of the checkpoint: it counts exactly once. Parameters as in `Parameter`. */
  query<Row extends object>(sql: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** A table of the projection as SQL must name it: every version and every rebuild has tables of its own. */
  table(name: Table): string;
  /** The driver's open transaction, for queries by other means: `tx as PoolClient`. */
  readonly tx: unknown;
  /** Aborted when the process stops or loses the projection: give up what can be given up. */
  readonly signal: AbortSignal;
}

export interface ProjectionStart {
  /** The first position that the log keeps: the first event that the handlers will be given. */
  readonly firstPosition: number;
}

interface CommonOptions<Events, Table extends string> {
  /** Raised by one whenever tables or handlers change: it is then built anew beside the present one. Default 1. */
  version?: number | undefined;
  /** Definitions of what it is made from. Their older names and versions come along, in the present version. */
  events: Events;
  /** By name: `board_stats: "(account_id text, cards int, primary key (account_id))"`, with indexes as a TableSpec. */
  tables: { readonly [Name in Table]: string | TableSpec };
  /**
   * Fills the empty tables with what was before `firstPosition`, for logs whose beginning retention has taken: from an archive,
   * or from the present tables. Default: such a log is refused with REPLAY_PRUNED.
   */
  restore?: ((context: ProjectionContext<Table>, start: ProjectionStart) => Promise<void> | void) | undefined;
  /** The most events of one transaction. 1 to 10,000, default 2,000. */
  batch?: number | undefined;
}

interface EachOptions<Events, Table extends string> extends CommonOptions<Events, Table> {
  /** One handler for each type, called with one event after the other. */
  on: {
    readonly [Type in EventOf<Events>["type"]]: (
      event: Extract<EventOf<Events>, { readonly type: Type }>,
      context: ProjectionContext<Table>,
    ) => Promise<void> | void;
  };
  run?: undefined;
}

interface BulkOptions<Events, Table extends string> extends CommonOptions<Events, Table> {
  on?: undefined;
  /**
   * Instead of `on`: handles many events with few statements, ten times as fast and more. They come in the order of the log,
   * **of all accounts together**: each names its own.
   */
  run: (events: readonly EventOf<Events>[], context: ProjectionContext<Table>) => Promise<void> | void;
}

export type ProjectionOptions<Events, Table extends string> =
  EachOptions<Events, Table> | BulkOptions<Events, Table>;

/** Tables that the log keeps up to date, and can build again. */
export interface Projection {
  readonly "~tidings": "projection";
  readonly name: string;
  readonly version: number;
  readonly events: readonly AnyEventDefinition[];
  readonly tables: readonly ProjectionTable[];
  readonly batch: number;
  readonly restore:
    ((context: ProjectionContext, start: ProjectionStart) => Promise<void> | void) | undefined;
  readonly run: (events: readonly PositionedEvent[], context: ProjectionContext) => Promise<void>;
}

/**
 * Defines a projection. Pass it to `createTidings({ projections })`.
 *
 * `name` is a lower-case word of at most 40 characters. A handler must depend on the events and its own tables alone, and has no
 * effects: `record`, `perform` and `track` throw REPLAY_HAS_NO_EFFECTS. Throws INVALID_DEFINITION.
 */
export function defineProjection<const Events extends readonly AnyEventDefinition[], Table extends string>(
  name: string,
  options: ProjectionOptions<Events, Table>,
): Projection {
  const invalid = (detail: string): never => {
    throw new TidingsError("INVALID_DEFINITION", { detail: `projection "${String(name)}": ${detail}` });
  };
  if (typeof name !== "string" || !/^[a-z][a-z0-9_]{0,39}$/.test(name))
    invalid("the name must be 1 to 40 characters of a-z, 0-9 and _, and begin with a letter");
  const wrong = wrongOption(options, projectionOptions);
  if (wrong) invalid(wrongText(wrong));
  const { version = 1, batch = 2_000, events } = options;
  if (!Array.isArray(events) || events.length === 0 || !events.every(isEventDefinition))
    invalid("events must be a list of event definitions (do the modules import each other?)");
  if ((options.on === undefined) === (options.run === undefined)) invalid("pass either on or run");
  return {
    "~tidings": "projection",
    name,
    version,
    events,
    batch,
    restore: options.restore as Projection["restore"],
    tables: checkTables(options.tables ?? {}, invalid),
    run: options.run ? inBulk(options.run as BulkHandler) : oneByOne(handlersOf(options, invalid)),
  };
}

const projectionOptions = {
  version: wholeNumber(1, 9_999),
  events: anything,
  tables: anObject,
  restore: aFunction,
  batch: wholeNumber(1, 10_000),
  on: anObject,
  run: aFunction,
} satisfies OptionKinds;

export function isProjection(value: unknown): value is Projection {
  return (
    typeof value === "object" && value !== null && "~tidings" in value && value["~tidings"] === "projection"
  );
}

type BulkHandler = (events: readonly PositionedEvent[], context: ProjectionContext) => Promise<void> | void;
type Handler = (event: PositionedEvent, context: ProjectionContext) => Promise<void> | void;

function inBulk(run: BulkHandler): Projection["run"] {
  return async (events, context) => run(events, context);
}

function oneByOne(handlers: ReadonlyMap<string, Handler>): Projection["run"] {
  return async (events, context) => {
    for (const event of events) await handlers.get(event.type)!(event, context);
  };
}

/** A type without a handler would be passed over in silence, and a handler without its type would never be called. */
function handlersOf(
  { events, on }: { readonly events: readonly AnyEventDefinition[]; readonly on?: object | undefined },
  invalid: (detail: string) => never,
): ReadonlyMap<string, Handler> {
  const handlers = new Map(Object.entries(on as Record<string, Handler>));
  const types = new Set(events.map(({ type }) => type));
  for (const type of types) if (!handlers.has(type)) invalid(`on has no handler for ${type}`);
  for (const [type, handler] of handlers) {
    if (!types.has(type)) invalid(`on handles ${type}, events lacks it`);
    if (typeof handler !== "function") invalid(`on has no function for ${type}`);
  }
  return handlers;
}
