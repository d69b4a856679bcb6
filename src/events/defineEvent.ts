import type { StandardSchemaV1 } from "@standard-schema/spec";
import { aFunction, anObject, anything, texts, type OptionKinds } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import type { ActivityType } from "./activityTypes.ts";
import type { Draft, DraftCommon, DraftInput } from "./draft.ts";
import type { EntityDefinition, EntityRef, Role, RoleSpec, RoleValue } from "./entity.ts";
import { roleOf } from "./entity.ts";
import {
  aSchema,
  checkDefinition,
  definitionFields,
  definitionKinds,
  invalidDefinition,
} from "./definitionFields.ts";
import { actionKinds, lanes, severities, type ActionKind, type Lane, type Severity } from "./lanes.ts";
import type { Phase } from "./phase.ts";
import type { RecordableInput } from "./recordableInput.ts";
import type { Sentence, SentenceActor } from "./sentence.ts";
import type { SentenceGroup } from "./sentenceGroup.ts";
import type { JsonObject } from "./serializable.ts";
import type { CheckedUpcasters, Upcasters } from "./upcast.ts";
import type { Audience } from "./viewer.ts";
import type { AnyWebhookShape, WebhookOption } from "./webhookShape.ts";
import type { Words } from "./words.ts";

export { actionKinds, lanes, severities };
export type { ActionKind, Lane, Severity };

/** What the compiler knows of one event type. */
export interface EventShape {
  readonly type: string;
  readonly subject: string;
  readonly refs: object;
  /** What a draft gives: the schema's input. */
  readonly input: unknown;
  /** What is stored and read: the schema's output. */
  readonly data: unknown;
}

/** What a sentence, a url and an icon are made from. */
export interface SentenceEvent<Shape extends EventShape = EventShape> {
  readonly actor: SentenceActor;
  readonly onBehalfOf: EntityRef | null;
  readonly subject: EntityRef<Shape["subject"]>;
  readonly refs: Shape["refs"];
  readonly data: Shape["data"];
  readonly severity: Severity;
  readonly occurredAt: Date;
}

/** What an audience is made from: an event that is about to be recorded. */
export type AudienceEvent<Shape extends EventShape = EventShape> = Omit<SentenceEvent<Shape>, "occurredAt">;

export interface EventOptions<Shape extends EventShape, Subject, Refs, Schema, Steps> {
  /** What the event is about. */
  subject: Subject;
  /** The other entities by role; the event is on the timeline of each. Default: none. */
  refs?: Refs | undefined;
  /** Any synchronous Standard Schema (Zod, Valibot, ArkType, …) whose output is JSON. Default: no data. */
  data?: Schema | undefined;
  /** Raised by one whenever the stored shape changes, together with an upcaster. Default 1. */
  version?: number | undefined;
  /** One step for each older version: `{ 1: from(schemaV1, (old) => …) }`. */
  upcast?: (Steps & CheckedUpcasters<Steps, Shape["data"]>) | undefined;
  /** What a person reads. Default: actor, verb, subject. */
  sentence?: ((event: SentenceEvent<Shape>, words: Words) => Sentence) | undefined;
  /**
   * What must be equal in events that a feed may show as one line, beside type and actor: names of roles. With `subject` among
   * them the actor need not be: what different people did to one thing. `false` never groups. Default: every role that
   * holds one entity.
   */
  group?: readonly (NoInfer<keyof Refs & string> | "subject")[] | false | undefined;
  /** What a person reads of several that are one line. Default: the sentence, with what differs as a list. */
  groupSentence?: ((group: SentenceGroup<Shape>, words: Words) => Sentence) | undefined;
  /** What it is called in ActivityStreams 2.0: `Create` for `issue.opened`. Default: by the verb. */
  activity?: ActivityType | undefined;
  /** A Lucide icon name. Default: the subject's, then `activity`. */
  icon?: string | undefined;
  /** Where "View" leads, or null for nowhere. Default: the subject's page. */
  url?: ((event: SentenceEvent<Shape>) => string | null) | undefined;
  /** Older names of this type that reads, filters and subscriptions accept. */
  aliases?: readonly string[] | undefined;
  /** Default `domain`. */
  lane?: Lane | undefined;
  /** A draft may set another one. Default `info`. */
  severity?: Severity | undefined;
  /**
   * Who may see it, when the draft does not say: `(e) => [e.refs.board]`. Called as it is recorded; what it throws fails the
   * record. Default: everybody in the account.
   */
  audience?: ((event: AudienceEvent<Shape>) => Audience) | undefined;
  /** Its column in a day timeline. Default: by its verb; `card.added` is added, `card.closed` is done, others are updated. */
  phase?: Phase | undefined;
  /** One sentence for the catalog: when it happens. */
  description?: string | undefined;
  /** Data that shows what the event holds, for the catalog, docs and fixtures. Default: made from the schema. */
  example?: Shape["input"] | undefined;
  /** JSON Schema of the data, for schema libraries that cannot give it themselves. */
  jsonSchema?: JsonObject | undefined;
  /**
   * Whether webhooks send it, and with which `data`: `{ version, write }`, or a list of them for endpoints that stay with
   * an older one. Default: the domain lane is sent as it is, no other lane is; an event with an audience only where this is
   * given.
   */
  webhook?: WebhookOption<Shape> | undefined;
}

/** A definition without its types, of an event or of an action: what registries, reads and catalogs use. */
export interface AnyEventDefinition {
  readonly "~tidings": "event" | "action";
  readonly type: string;
  /** The first word of the type. */
  readonly category: string;
  readonly version: number;
  readonly lane: Lane;
  /** What an action does to its subject; null for an event that is no action. */
  readonly kind: ActionKind | null;
  /** Nothing new of this type is recorded: an action that is kept for replays of what it was. */
  readonly ignored: boolean;
  readonly severity: Severity;
  readonly audience: ((event: AudienceEvent<never>) => Audience) | undefined;
  readonly phase: Phase;
  /** Of an action it takes any entity: only `subject` of the definition, called with an input, tells which. */
  readonly subject: Role;
  readonly refs: { readonly [role: string]: Role };
  readonly schema: StandardSchemaV1 | undefined;
  readonly upcasters: Upcasters;
  readonly aliases: readonly string[];
  readonly sentence: ((event: SentenceEvent<never>, words: Words) => Sentence) | undefined;
  /** What must be equal in events that are shown as one line; null: they never are. */
  readonly group: readonly string[] | null;
  readonly groupSentence: ((group: SentenceGroup<never>, words: Words) => Sentence) | undefined;
  readonly activity: ActivityType | undefined;
  readonly icon: string | undefined;
  readonly url: ((event: SentenceEvent<never>) => string | null) | undefined;
  readonly description: string | undefined;
  readonly example: unknown;
  readonly jsonSchema: JsonObject | undefined;
  /** The shapes in which webhooks send it, oldest first; empty: as it is stored; null: never. */
  readonly webhook: readonly AnyWebhookShape[] | null;
  /** Whether webhooks also send events that have an audience: where `webhook` was given. */
  readonly sendsRestricted: boolean;
}

export function isEventDefinition(value: unknown): value is AnyEventDefinition {
  if ((typeof value !== "function" && typeof value !== "object") || value === null) return false;
  return "~tidings" in value && (value["~tidings"] === "event" || value["~tidings"] === "action");
}

/** A definition whose events the compiler knows: of an event or of an action. */
export interface TypedDefinition<Shape extends EventShape = EventShape> extends AnyEventDefinition {
  readonly type: Shape["type"];
  /** Only for the compiler; never set. */
  readonly "~shape"?: Shape;
}

/** A type of event. Call it to make a draft for `record`. */
export interface EventDefinition<Shape extends EventShape = EventShape> extends TypedDefinition<Shape> {
  (input: DraftInput<Shape>): Draft<Shape>;
  readonly "~tidings": "event";
}

type NoData = StandardSchemaV1<{ readonly [key: string]: never }, { readonly [key: string]: never }>;

type ShapeOf<Type extends string, Subject, Refs, Schema extends StandardSchemaV1> = {
  readonly type: Type;
  readonly subject: NamesOf<Subject>;
  readonly refs: { readonly [Name in keyof Refs]: RoleValue<Refs[Name]> };
  readonly input: RecordableInput<Schema>;
  readonly data: StandardSchemaV1.InferOutput<Schema>;
};

type NamesOf<Spec> =
  Spec extends EntityDefinition<infer Name> ? Name : Spec extends Role<infer Name, "one"> ? Name : never;

/**
 * Defines an event type, once, for recording, feeds, subscriptions, docs and the compiler.
 *
 * `type` is `subject.verb` in the past tense: `card.moved`. Throws INVALID_DEFINITION when the name or an option
 * cannot work, UPCASTER_MISSING when an older version has no step to the next.
 */
export function defineEvent<
  const Type extends string,
  Subject extends EntityDefinition | Role<string, "one">,
  Refs extends { readonly [role: string]: RoleSpec } = {},
  Schema extends StandardSchemaV1 = NoData,
  const Steps extends Upcasters = {},
>(
  type: Type,
  options: EventOptions<ShapeOf<Type, Subject, Refs, Schema>, Subject, Refs, Schema, Steps>,
): EventDefinition<ShapeOf<Type, Subject, Refs, Schema>> {
  checkDefinition(type, options, optionKinds);
  const upcasters: Upcasters = options.upcast ?? {};
  const fields = definitionFields(type, { ...options, upcast: upcasters });
  for (let older = 1; older < fields.version; older++) {
    if (upcasters[older] === undefined) {
      throw new TidingsError("UPCASTER_MISSING", {
        detail: `${type} has version ${fields.version} but no upcaster for ${older}`,
      });
    }
  }
  const checkedRole = (name: string, spec: RoleSpec | undefined): Role => {
    // Two modules that import each other see the other's exports as undefined at first.
    if (!spec) invalidDefinition(type, `${name} is undefined (do the modules import each other?)`);
    const role =
      roleOf(spec) ??
      invalidDefinition(
        type,
        `${name} must be an entity, or optional, many or oneOf of some (do the modules import each other?)`,
      );
    return role.entities.length > 0 ? role : invalidDefinition(type, `${name} takes no entity`);
  };
  const refs = Object.fromEntries(
    Object.entries(options.refs ?? {}).map(([name, spec]) => [name, checkedRole(`refs.${name}`, spec)]),
  );

  const definition: AnyEventDefinition = {
    ...fields,
    "~tidings": "event",
    kind: null,
    ignored: false,
    subject: checkedRole("subject", options.subject),
    refs,
    schema: options.data,
    upcasters,
    group: groupOf(type, options.group, refs),
    example: options.example,
    jsonSchema: options.jsonSchema,
  };
  // Field by field, for what spreading costs (see recordedEvent.ts), and only what is given: a draft may be spread over defaults.
  const draft = (input: DraftCommon & Pick<Draft, "subject"> & Partial<Draft>): Draft => {
    const made: Draft = {
      "~tidings": "draft",
      type,
      version: fields.version,
      subject: input.subject,
      refs: input.refs ?? {},
      data: input.data ?? {},
    };
    if (input.account !== undefined) made.account = input.account;
    if (input.actor !== undefined) made.actor = input.actor;
    if (input.onBehalfOf !== undefined) made.onBehalfOf = input.onBehalfOf;
    if (input.metadata !== undefined) made.metadata = input.metadata;
    if (input.occurredAt !== undefined) made.occurredAt = input.occurredAt;
    if (input.severity !== undefined) made.severity = input.severity;
    if (input.audience !== undefined) made.audience = input.audience;
    if (input.idempotencyKey !== undefined) made.idempotencyKey = input.idempotencyKey;
    if (input.causedBy !== undefined) made.causedBy = input.causedBy;
    return made;
  };
  return Object.assign(draft, definition) as unknown as EventDefinition<ShapeOf<Type, Subject, Refs, Schema>>;
}

const optionKinds = {
  ...definitionKinds,
  subject: anything,
  refs: anObject,
  data: aSchema,
  group: {
    holds: (value) => value === false || texts.holds(value),
    must: "must be a list of roles, or false",
  },
  groupSentence: aFunction,
  jsonSchema: anObject,
} satisfies OptionKinds;

/** A role of many is another list in most events: none would be grouped. */
function groupOf(
  type: string,
  given: readonly string[] | false | undefined,
  refs: { readonly [role: string]: Role },
): readonly string[] | null {
  if (given === false) return null;
  const unknown = given?.find((name) => name !== "subject" && !Object.hasOwn(refs, name));
  if (unknown !== undefined) invalidDefinition(type, `group: "${unknown}" is no role`);
  return given ?? Object.keys(refs).filter((name) => refs[name]!.holds !== "many");
}
