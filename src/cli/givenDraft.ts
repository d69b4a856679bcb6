import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import type { Draft } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import type { Registry } from "../events/registry.ts";
import type { Json, JsonObject } from "../events/serializable.ts";
import { CliError } from "./cliError.ts";
import type { Call } from "./command.ts";
import { parseMoment } from "./time.ts";
import { unknownType } from "./unknownType.ts";

/** An event as a person or a file gives it: what `POST /events` takes. */
export interface GivenDraft {
  readonly type: string;
  readonly account?: string | undefined;
  readonly actor?: EntityRef | undefined;
  readonly subject: EntityRef;
  readonly refs?: { readonly [role: string]: EntityRef | readonly EntityRef[] | null } | undefined;
  readonly data?: JsonObject | undefined;
  /** ISO time. */
  readonly occurredAt?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Account, actor and time from the options: all of a single event, the defaults of a batch. */
export function commonFields(call: Call) {
  const actor = call.text("actor");
  const occurredAt = call.text("occurred-at");
  return {
    account: call.text("account"),
    actor: actor === undefined ? undefined : parseEntity("--actor", actor),
    occurredAt: occurredAt === undefined ? undefined : parseMoment("--occurred-at", occurredAt).toISOString(),
  };
}

/** The event that the options describe. */
export async function draftFromOptions(type: string, call: Call): Promise<GivenDraft> {
  const refs: Record<string, EntityRef | EntityRef[]> = {};
  for (const given of call.texts("ref")) {
    const match = /^([^=[\]]+)(\[\])?=(.+)$/s.exec(given);
    if (!match) throw new CliError("USAGE", `--ref must be role=type:id or role[]=type:id, not "${given}"`);
    const [, role = "", isList, written = ""] = match;
    const entity = parseEntity("--ref", written);
    const earlier = refs[role];
    refs[role] = earlier ? [earlier, entity].flat() : isList ? [entity] : entity;
  }
  return {
    type,
    ...commonFields(call),
    subject: parseEntity("--subject", call.required("subject")),
    refs,
    data: parseObject("--data", await dataText(call.text("data") ?? "{}", call.terminal.input)),
    idempotencyKey: call.text("key"),
  };
}

/** One line of a batch, with the options as defaults. An entity may be an object or written `card:1=Label`. */
export function draftFromLine(line: string, defaults: Partial<GivenDraft>): GivenDraft {
  const given = parseObject("the line", line) as JsonObject & Partial<GivenDraft>;
  if (typeof given.type !== "string") throw new CliError("USAGE", 'the line has no "type"');
  const entity = (value: Json): Json =>
    typeof value === "string"
      ? { ...parseEntity("the line", value) }
      : Array.isArray(value)
        ? value.map(entity)
        : value;
  const fields = Object.entries(given).map(([name, value]) => {
    if (name === "subject" || name === "actor" || name === "onBehalfOf") return [name, entity(value as Json)];
    if (name !== "refs" || typeof value !== "object" || value === null) return [name, value];
    return [
      name,
      Object.fromEntries(Object.entries(value).map(([role, ref]) => [role, entity(ref as Json)])),
    ];
  });
  return { ...defaults, ...(Object.fromEntries(fields) as GivenDraft) };
}

/** The draft for `record`, by the app's definitions. */
export function toDraft(
  { occurredAt, refs = {}, data = {}, ...given }: GivenDraft,
  registry: Registry,
): Draft {
  const definition = registry.find(given.type);
  if (!definition) {
    throw unknownType(
      given.type,
      registry.types.map(({ type }) => type),
    );
  }
  // One --ref of a role that holds many is a list of one.
  const roles = Object.entries(refs).map(([role, value]) => [
    role,
    definition.refs[role]?.holds === "many" && value !== null ? [value].flat() : value,
  ]);
  const none = Object.entries(definition.refs).flatMap(([role, { holds }]) =>
    holds === "many" ? [[role, []]] : [],
  );
  return {
    ...given,
    "~tidings": "draft",
    version: definition.version,
    data,
    refs: { ...Object.fromEntries(none), ...Object.fromEntries(roles) } as Draft["refs"],
    ...(occurredAt !== undefined && { occurredAt: new Date(occurredAt) }),
  };
}

/** `card:1` or `card:1=Fix the login`: the first `=` begins the label. */
function parseEntity(option: string, written: string): EntityRef {
  const match = /^([a-z][a-z0-9_]*):([^=]+)(?:=(.*))?$/su.exec(written);
  if (!match)
    throw new CliError("USAGE", `${option}: an entity is written type:id or type:id=Label, not "${written}"`);
  return { type: match[1]!, id: match[2]!, label: match[3] ?? null };
}

/** `-` is stdin, `@file` a file, anything else the JSON itself. */
async function dataText(given: string, input: NodeJS.ReadableStream): Promise<string> {
  if (given === "-") return readText(input);
  if (!given.startsWith("@")) return given;
  try {
    return await readFile(given.slice(1), "utf8");
  } catch (cause) {
    throw new CliError("USAGE", `--data: ${(cause as Error).message}`, { cause });
  }
}

function parseObject(option: string, text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch (cause) {
    throw new CliError("USAGE", `${option} is not JSON: ${(cause as Error).message}`, { cause });
  }
  throw new CliError("USAGE", `${option} must be a JSON object`);
}
