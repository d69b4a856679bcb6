import type { EventShape, Lane, Severity } from "./defineEvent.ts";
import type { EntityRef } from "./entity.ts";
import type { JsonObject } from "./serializable.ts";
import type { Audience } from "./viewer.ts";

/** Who, when and why: accepted on every draft, taken from the context where absent. */
export interface DraftCommon {
  /** Default: the context's account, then the fixed one of createTidings. */
  account?: string | undefined;
  /** Default: the context's actor. */
  actor?: EntityRef | undefined;
  /** Whom the actor acted for: a support engineer for a customer, a job for the user who asked for it. */
  onBehalfOf?: EntityRef | null | undefined;
  /** Merged over the context's metadata: request id, source, anything bounded. */
  metadata?: JsonObject | undefined;
  /** When it happened, for imports and "closed by". Default: now, by the database's clock. */
  occurredAt?: Date | undefined;
  severity?: Severity | undefined;
  /** Who may see it: `[user("ann"), "admins"]`, or null for everybody in the account. Default: as the definition says. */
  audience?: Audience | undefined;
  /** A second record with this key, within the account, returns the first event. */
  idempotencyKey?: string | undefined;
  /** The event that led to this one: an event, or its id. Default: inside a subscription, the event handled. */
  causedBy?: EventReference | string | null | undefined;
}

export interface EventReference {
  readonly lane: Lane;
  readonly id: string;
  /** When given, it must be the account that records: a cause lies within one account. */
  readonly account?: string | undefined;
  /** How many causes the event itself has. Looked up when absent. */
  readonly causeDepth?: number | undefined;
}

type OptionalKeys<Refs> = { [Name in keyof Refs]: null extends Refs[Name] ? Name : never }[keyof Refs];
type DraftRefs<Refs> = Omit<Refs, OptionalKeys<Refs>> & {
  [Name in OptionalKeys<Refs>]?: Refs[Name] | undefined;
};
type RefsInput<Refs> = keyof Refs extends never
  ? { refs?: { readonly [role: string]: never } | undefined }
  : Exclude<keyof Refs, OptionalKeys<Refs>> extends never
    ? { refs?: DraftRefs<Refs> | undefined }
    : { refs: DraftRefs<Refs> };
type DataInput<Input> = unknown extends Input
  ? { data?: unknown }
  : {} extends Input
    ? { data?: Input | undefined }
    : { data: Input };

export type DraftInput<Shape extends EventShape> = DraftCommon & {
  subject: EntityRef<Shape["subject"]>;
} & RefsInput<Shape["refs"]> &
  DataInput<Shape["input"]>;

/** An event that is not recorded yet. Plain data: it may be made anywhere and validated by `record`. */
export interface Draft<Shape extends EventShape = EventShape> extends DraftCommon {
  readonly "~tidings": "draft";
  readonly type: Shape["type"];
  readonly version: number;
  readonly subject: EntityRef;
  readonly refs: { readonly [role: string]: EntityRef | readonly EntityRef[] | null | undefined };
  readonly data: unknown;
  /** Only for the compiler; never set. */
  readonly "~shape"?: Shape;
}

export function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && "~tidings" in value && value["~tidings"] === "draft";
}
