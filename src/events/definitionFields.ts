import { TidingsError } from "../errors.ts";
import type { AnyEventDefinition } from "./defineEvent.ts";
import { lanes, severities } from "./lanes.ts";
import { phaseOfVerb, phases } from "./phase.ts";
import type { Upcasters } from "./upcast.ts";
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

/** Checks a definition. Throws INVALID_DEFINITION when its name or one of these options cannot work. */
export function definitionFields(type: string, given: Given): DefinitionFields {
  const { version = 1, lane = "domain", severity = "info", phase = phaseOfVerb(type), aliases = [] } = given;
  if (!TYPE_NAME.test(type) || type.length > 100)
    invalidDefinition(
      type,
      `the type must be "subject.verb" in at most 100 characters of a-z, 0-9, _ and dots`,
    );
  for (const alias of aliases) {
    if (alias === "" || alias.length > 100)
      invalidDefinition(type, `alias "${alias}" must have 1 to 100 characters`);
  }
  if (!Number.isInteger(version) || version < 1)
    invalidDefinition(type, `version ${version} must be a whole number from 1`);
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
    icon: given.icon,
    url: given.url,
    description: given.description,
    webhook: webhookShapes(type, lane, given.webhook),
    sendsRestricted: given.webhook !== undefined && given.webhook !== false,
  };
}

export function invalidDefinition(type: string, detail: string): never {
  throw new TidingsError("INVALID_DEFINITION", { detail: `${type}: ${detail}` });
}
