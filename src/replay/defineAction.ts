import type { StandardSchemaV1 } from "@standard-schema/spec";
import { aBoolean, aFunction, anything, texts, type OptionKinds } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import {
  actionKinds,
  type ActionKind,
  type AnyEventDefinition,
  type EventOptions,
  type EventShape,
  type TypedDefinition,
} from "../events/defineEvent.ts";
import {
  aSchema,
  checkDefinition,
  definitionFields,
  definitionKinds,
  invalidDefinition,
} from "../events/definitionFields.ts";
import type { EntityRef } from "../events/entity.ts";
import type { RecordableInput } from "../events/recordableInput.ts";
import type { CheckedUpcasters, Upcasters } from "../events/upcast.ts";
import type { ActionContext, ActionValues, AfterContext, AfterEvent } from "./actionContext.ts";
import type { ActionData } from "./actionRecord.ts";
import { actionSchema, actionUpcasters, emptyRecord } from "./actionSchema.ts";
import { checkSensitive, type SensitivePath } from "./sensitivePath.ts";

/** What the compiler knows of one action. `input` is what `perform` takes, `data.input` what the schema makes of it. */
export interface ActionShape extends EventShape {
  readonly data: ActionData<unknown>;
  readonly result: unknown;
}

type Fields<Shape extends EventShape> = Pick<
  EventOptions<Shape, never, {}, never, never>,
  "sentence" | "webhook" | "url" | "icon" | "audience" | "severity" | "aliases" | "phase" | "activity"
>;

/**
 * What an action says. (The functions are typed by the schema, not by the whole shape: TypeScript would fix the result's type
 * before it has looked at `run`.)
 */
export interface ActionOptions<
  Type extends string,
  Result,
  Handle,
  Schema extends StandardSchemaV1,
  Steps,
> extends Fields<ShapeOf<Type, Schema, unknown>> {
  /** What it does to its subject. Stored with the event, and part of every filter. */
  kind: ActionKind;
  /** Raised by one whenever the input's shape or what `run` does with it changes. Default 1. */
  version?: number | undefined;
  /** Any synchronous Standard Schema whose output is JSON. Default: no input. */
  input?: Schema | undefined;
  /** What it happens to. Asked before `run`, in which `ctx.about` may correct it. */
  subject: (input: StandardSchemaV1.InferOutput<Schema>, values: ActionValues) => EntityRef;
  /**
   * What of the input is secret: `"password"`, `"card.number"`, `"users.*.password"`; and of captures: `"captured.token"`. Stored
   * encrypted with the `secretKey` of createTidings, without one not at all: null. Feeds and webhooks always see null.
   */
  sensitive?: readonly SensitivePath<StandardSchemaV1.InferOutput<Schema>>[] | undefined;
  /**
   * One step for each older version whose input can be brought to the present one: `{ 1: from(schemaV1, (old) => …) }`. Default:
   * older versions are replayed by routes.
   */
  upcast?: (Steps & CheckedUpcasters<Steps, StandardSchemaV1.InferOutput<Schema>>) | undefined;
  /**
   * Who waits while it runs: other actions on the same subject, all of the account, nobody, or those with the same text
   * (`board:1` is what the lock of that subject is called). Held until the transaction ends. Default `subject`.
   */
  lock?:
    "subject" | "account" | "none" | ((input: StandardSchemaV1.InferOutput<Schema>) => string) | undefined;
  /** Default `system`: off feeds and webhooks. `domain` shows it there, webhooks also ask for `webhook`. */
  lane?: "system" | "domain" | undefined;
  /** True keeps it for replays of old versions alone: perform throws ACTION_IGNORED. Default false. */
  ignore?: boolean | undefined;
  /** Does it, through `ctx.tx`. When it throws, everything is undone and nothing recorded. */
  run: (input: StandardSchemaV1.InferOutput<Schema>, ctx: ActionContext<Handle>) => Promise<Result> | Result;
  /**
   * Effects outside the database: runs once the action has committed, in a worker, at least once, never in a replay. What it finds
   * out it records by actions of its own.
   */
  after?:
    | ((event: AfterEvent<ShapeOf<Type, Schema, unknown>>, ctx: AfterContext<Handle>) => Promise<void> | void)
    | undefined;
  /** One sentence for the catalog: what it does. */
  description?: string | undefined;
  /** An input, for the catalog, docs and fixtures. Default: made from the schema. */
  example?: StandardSchemaV1.InferInput<Schema> | undefined;
}

/** An action without its types. */
export interface AnyActionDefinition extends AnyEventDefinition {
  readonly "~tidings": "action";
  readonly kind: ActionKind;
  readonly input: StandardSchemaV1 | undefined;
  readonly subjectOf: (input: never, values: ActionValues) => EntityRef;
  readonly sensitive: readonly string[];
  readonly lock: "subject" | "account" | "none" | ((input: never) => string);
  readonly run: (input: never, ctx: never) => unknown;
  readonly after: ((event: never, ctx: never) => Promise<void> | void) | undefined;
}

/** A named command that can be done again. Give it to `tidings.perform`. */
export interface ActionDefinition<Shape extends ActionShape = ActionShape, Handle = unknown>
  extends
    TypedDefinition<Shape>,
    Pick<AnyActionDefinition, "input" | "subjectOf" | "sensitive" | "lock" | "after"> {
  readonly "~tidings": "action";
  readonly type: Shape["type"];
  readonly kind: ActionKind;
  /** A method, so that an action which asks for a part of the driver's handle fits every adapter that has it. */
  run(input: Shape["data"]["input"], ctx: ActionContext<Handle>): Promise<Shape["result"]> | Shape["result"];
}

type NoInput = StandardSchemaV1<{ readonly [key: string]: never }, { readonly [key: string]: never }>;

type ShapeOf<Type extends string, Schema extends StandardSchemaV1, Result> = {
  readonly type: Type;
  readonly subject: string;
  readonly refs: {};
  readonly input: RecordableInput<Schema>;
  readonly data: ActionData<StandardSchemaV1.InferOutput<Schema>>;
  readonly result: Result;
};

/**
 * Defines an action, an imperative `subject.verb`: `user.create`. Export it from the module given to
 * createTidings({ actions }). Throws INVALID_DEFINITION when the name or an option cannot work, UPCASTER_MISSING when an
 * upcaster leads to a version that has none.
 */
export function defineAction<
  const Type extends string,
  Result,
  Handle = unknown,
  Schema extends StandardSchemaV1 = NoInput,
  const Steps extends Upcasters = {},
>(
  type: Type,
  options: ActionOptions<Type, Result, Handle, Schema, Steps>,
): ActionDefinition<ShapeOf<Type, Schema, Result>, Handle> {
  checkDefinition(type, options, optionKinds);
  const steps: Upcasters = options.upcast ?? {};
  const { kind, lock = "subject", lane = "system", webhook = false, sensitive = [] } = options;
  const fields = definitionFields(type, { ...options, lane, webhook, upcast: steps } as never);
  checkSteps(type, steps, fields.version);
  if (!actionKinds.includes(kind))
    invalidDefinition(type, `kind "${String(kind)}" is none of ${actionKinds.join(", ")}`);
  if (lane !== "system" && lane !== "domain")
    invalidDefinition(type, `lane "${String(lane)}" is neither system nor domain`);
  for (const name of ["subject", "run"] as const) {
    if (options[name] === undefined) invalidDefinition(type, `${name} is missing: it must be a function`);
  }
  checkSensitive(type, sensitive, options.input);
  const definition: AnyActionDefinition = {
    ...fields,
    "~tidings": "action",
    kind,
    ignored: options.ignore ?? false,
    subject: { entities: [], holds: "one" },
    refs: {},
    schema: actionSchema(options.input),
    upcasters: actionUpcasters(steps),
    group: [],
    example: options.example === undefined ? undefined : emptyRecord(options.example),
    jsonSchema: undefined,
    input: options.input,
    subjectOf: options.subject,
    sensitive,
    lock,
    run: options.run,
    after: options.after as AnyActionDefinition["after"],
  };
  return definition as ActionDefinition<ShapeOf<Type, Schema, Result>, Handle>;
}

const optionKinds = {
  ...definitionKinds,
  kind: anything,
  input: aSchema,
  subject: aFunction,
  sensitive: texts,
  lock: {
    holds: (value) => ["subject", "account", "none"].includes(value as string) || aFunction.holds(value),
    must: "is no function and none of subject, account, none",
  },
  ignore: aBoolean,
  run: aFunction,
  after: aFunction,
} satisfies OptionKinds;

export function isActionDefinition(value: unknown): value is AnyActionDefinition {
  return typeof value === "object" && value !== null && "~tidings" in value && value["~tidings"] === "action";
}

/** From the oldest that can be read on, each leads to the next: what is older is replayed by a route. */
function checkSteps(type: string, steps: Upcasters, version: number): void {
  const versions = Object.keys(steps).map(Number);
  for (let older = Math.min(...versions, version); older < version; older++) {
    if (steps[older] === undefined)
      throw new TidingsError("UPCASTER_MISSING", {
        detail: `${type} has version ${version} but no upcaster for ${older}`,
      });
  }
}
