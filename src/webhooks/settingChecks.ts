import { TidingsError } from "../errors.ts";
import { payloadFormats, schedules, signatureSchemes, type EndpointSettings } from "./endpoint.ts";
import { parseExpression } from "./expression.ts";
import { isTypePattern } from "./typePattern.ts";

const settingsLimits = {
  descriptionCharacters: 500,
  types: 100,
  tries: 20,
  delaySeconds: 604_800,
  perSecond: 10_000,
} as const;

/** One for each setting but the URL, which the address guard judges. They take what JSON may hold. */
export const settingChecks: {
  readonly [Name in Exclude<keyof EndpointSettings, "url">]: (value: unknown) => EndpointSettings[Name];
} = {
  description: (value) => {
    if (typeof value !== "string" || !value.isWellFormed() || value.includes("\0"))
      return refuse("description", "must be text");
    if (value.length > settingsLimits.descriptionCharacters)
      refuse("description", `has more than ${settingsLimits.descriptionCharacters} characters`);
    return value;
  },
  types: (value) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > settingsLimits.types)
      return refuse("types", `must be a list of 1 to ${settingsLimits.types}; "*" means all`);
    for (const pattern of value as unknown[]) {
      if (typeof pattern !== "string" || !isTypePattern(pattern))
        refuse("types", "holds what is no type: they look like card.moved, card.*, *.created or *");
    }
    return [...new Set(value as string[])];
  },
  filter: (value) => {
    if (value === null) return null;
    parseExpression(value as string);
    return value as string;
  },
  delivery: (value) => oneOf("delivery", value, ["push", "pull"]),
  format: (value) => oneOf("format", value, payloadFormats),
  scheme: (value) => oneOf("scheme", value, signatureSchemes),
  compat: (value) => flag("compat", value),
  payloadVersion: (value) => whole("payloadVersion", value, 1, 1_000),
  timeoutMs: (value) => whole("timeoutMs", value, 1_000, 30_000),
  rateLimit: (value) => {
    if (value === null) return null;
    if (typeof value !== "object") return refuse("rateLimit", "must be { perSecond, burst }, or null");
    const { perSecond, burst } = value as { perSecond?: unknown; burst?: unknown };
    // Once in 1,000 seconds at the least: an endpoint that shall get nothing is disabled.
    if (typeof perSecond !== "number" || !(perSecond >= 0.001 && perSecond <= settingsLimits.perSecond))
      return refuse("rateLimit", `needs a perSecond from 0.001 to ${settingsLimits.perSecond}`);
    return {
      perSecond,
      burst: whole("rateLimit.burst", burst ?? Math.ceil(perSecond), 1, settingsLimits.perSecond),
    };
  },
  maxInFlight: (value) => whole("maxInFlight", value, 1, 128),
  ordered: (value) => flag("ordered", value),
  schedule: (value) => {
    if (value === "standard" || value === "short") return schedules[value];
    if (!Array.isArray(value) || value.length > settingsLimits.tries)
      return refuse(
        "schedule",
        `must be standard, short, or a list of at most ${settingsLimits.tries} delays in seconds`,
      );
    return (value as unknown[]).map((delay) => whole("schedule", delay, 0, settingsLimits.delaySeconds));
  },
};

function oneOf<Value extends string>(name: string, value: unknown, allowed: readonly Value[]): Value {
  return allowed.find((each) => each === value) ?? refuse(name, `must be one of ${allowed.join(", ")}`);
}

function flag(name: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : refuse(name, "must be true or false");
}

function whole(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return refuse(name, `must be a whole number from ${least} to ${most}`);
}

/** Throws INVALID_ENDPOINT; `name` is the setting, or its part: `rateLimit.burst`. */
export function refuse(name: string, what: string): never {
  throw new TidingsError("INVALID_ENDPOINT", { detail: `${name} ${what}`, path: name.split(".") });
}
