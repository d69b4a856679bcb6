import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  aFunction,
  aName,
  anObject,
  anything,
  aText,
  LARGEST_INTEGER,
  wholeNumber,
  wrongOption,
  wrongText,
  type OptionKind,
  type OptionKinds,
} from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import type { AnyEventDefinition } from "./defineEvent.ts";
import { lanes, severities } from "./lanes.ts";
import { phaseOfVerb, phases } from "./phase.ts";
import type { UpcastStep, Upcasters } from "./upcast.ts";
import { webhookShapes, type WebhookOption } from "./webhookShape.ts";

/** What events and actions say alike, checked and with its defaults. */
export type DefinitionFields = Pick<
  AnyEventDefinition,
  | "type"
  | "category"
  | "version"
  | "lane"
  | "severity"
  | "audience"
  | "phase"
  | "aliases"
  | "sentence"
  | "groupSentence"
  | "activity"
  | "icon"
  | "url"
  | "description"
  | "webhook"
  | "sendsRestricted"
>;

type Given = {
  readonly [Name in Exclude<keyof DefinitionFields, "type" | "category" | "webhook" | "sendsRestricted">]?:
    DefinitionFields[Name] | undefined;
} & { readonly upcast?: Upcasters | undefined; readonly webhook?: WebhookOption<never> | undefined };

const TYPE_NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/** What a definition says, where `checkDefinition` found nothing wrong. Throws INVALID_DEFINITION for values that do not go together. */
export function definitionFields(type: string, given: Given): DefinitionFields {
  const { version = 1, lane = "domain", severity = "info", phase = phaseOfVerb(type), aliases = [] } = given;
  for (const older of Object.keys(given.upcast ?? {}).map(Number)) {
    if (!(older >= 1 && older < version))
      invalidDefinition(type, `an upcaster reads version ${older}, but the version is ${version}`);
  }
  const known = <Value>(name: string, value: Value, allowed: readonly Value[]) => {
    if (!allowed.includes(value))
      invalidDefinition(type, `${name} "${String(value)}" is none of ${allowed.join(", ")}`);
  };
  known("lane", lane, lanes);
  known("severity", severity, severities);
  known("phase", phase, phases);
  return {
    type,
    category: type.slice(0, type.indexOf(".")),
    version,
    lane,
    severity,
    audience: given.audience,
    phase,
    aliases,
    sentence: given.sentence,
    groupSentence: given.groupSentence,
    activity: given.activity,
    // Definitions that a program writes leave out nothing: an empty text is none.
    icon: given.icon || undefined,
    url: given.url,
    description: given.description || undefined,
    webhook: webhookShapes(type, lane, given.webhook),
    sendsRestricted: given.webhook !== undefined && given.webhook !== false,
  };
}

/**
 * Throws INVALID_DEFINITION unless the type is a name and the options hold what they may, and nothing else: a misspelt `sensitive` or
 * `audience` would leave in the open what is secret.
 */
export function checkDefinition(type: string, options: unknown, kinds: OptionKinds): void {
  if (typeof type !== "string" || !TYPE_NAME.test(type) || type.length > 100)
    invalidDefinition(
      type,
      `the type must be "subject.verb" in at most 100 characters of a-z, 0-9, _ and dots`,
    );
  const wrong = wrongOption(options, kinds);
  if (wrong) invalidDefinition(type, wrongText(wrong));
}

const anAlias = aName(100);

const perhapsEmpty: OptionKind = { holds: (value) => typeof value === "string", must: "must be a text" };

/** Of events and actions alike; what is anything here, `definitionFields` checks. */
export const definitionKinds = {
  version: wholeNumber(1, LARGEST_INTEGER),
  aliases: {
    holds: (value) => Array.isArray(value) && value.every(anAlias.holds),
    must: "must be a list of texts of 1 to 100 characters",
  },
  upcast: {
    holds: (value) => anObject.holds(value) && Object.values(value as object).every(isStep),
    must: "must hold a step for each older version: { 1: from(schema, (old) => …) }",
  },
  lane: anything,
  severity: anything,
  phase: anything,
  webhook: anything,
  audience: aFunction,
  sentence: aFunction,
  url: aFunction,
  icon: perhapsEmpty,
  activity: aText,
  description: perhapsEmpty,
  example: anything,
} satisfies OptionKinds;

/** A schema of any library that speaks Standard Schema. */
export const aSchema: OptionKind = {
  // ArkType's are functions.
  holds: (value) =>
    (anObject.holds(value) || aFunction.holds(value)) &&
    typeof (value as Partial<StandardSchemaV1>)["~standard"]?.validate === "function",
  must: "must be a Standard Schema",
};

function isStep(value: unknown): boolean {
  return anObject.holds(value) && aFunction.holds((value as UpcastStep).step);
}

export function invalidDefinition(type: string, detail: string): never {
  throw new TidingsError("INVALID_DEFINITION", { detail: `${String(type)}: ${detail}` });
}
