import { anObject, checkOption, wholeNumber } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import { checkEntity, withLabel } from "../events/checkEntities.ts";
import type { Context } from "../events/context.ts";
import type { EventReference } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import { limits } from "../events/limits.ts";
import { asStored, checkSerializable, sortedJson, type Json } from "../events/serializable.ts";
import { stampOf } from "../events/stamp.ts";
import { parseInput } from "../events/validateData.ts";
import type { Registry } from "../events/registry.ts";
import type { EventRow } from "../log/append.ts";
import { actFingerprints } from "./actFingerprint.ts";
import { lockName } from "./actLocks.ts";
import { takeCaptures, type TakenCaptures } from "./captures.ts";
import { isActionDefinition, type AnyActionDefinition } from "./defineAction.ts";
import type { PerformOptions } from "./performOptions.ts";

/** What becomes one event: one call of an action, or several of a summary. */
export interface ActRequest {
  readonly action: unknown;
  readonly inputs: readonly unknown[];
  readonly options: PerformOptions;
  /** Of a summary: what it is about. Otherwise the subject of its one call. */
  readonly about: EntityRef | undefined;
  /** Of a list with an event for each: how long it is. One key stands for all of it. */
  readonly among?: number | null | undefined;
}

/** A request that passed every check that needs no SQL. */
export interface PreparedAct {
  readonly action: AnyActionDefinition;
  /** All of the event but what only its run tells. */
  readonly row: EventRow;
  readonly cause: EventReference | string | null;
  readonly key: string | null;
  /** What tells a repeat of the idempotency key from a conflict: the newest first, the others by older secret keys. */
  readonly fingerprints: readonly string[];
  readonly expectedVersion: number | null;
  readonly calls: readonly PreparedCall[];
}

export interface PreparedCall {
  readonly input: Json;
  readonly captures: TakenCaptures;
  readonly subject: EntityRef;
  readonly lock: string | null | undefined;
}

export interface PrepareActDependencies {
  readonly registry: Registry;
  /** The fixed account of a single-tenant app. */
  readonly account: string | undefined;
  /** For fingerprints of what is sensitive, newest first; none where there is no secret key. */
  readonly fingerprintKeys: readonly Buffer[];
}

/** Checks a call before any SQL. Throws a TidingsError that says where it is wrong. */
export function prepareAct(
  { action: given, inputs, options, about, among = null }: ActRequest,
  context: Context,
  { registry, account: fixedAccount, fingerprintKeys }: PrepareActDependencies,
): PreparedAct {
  const action = registeredAction(given, registry);
  checkOption(options, anObject, ["options"]);
  const { cause, key, ...stamp } = stampOf(options, context, fixedAccount);
  const calls = inputs.map((input) => prepareCall(action, input, stamp));
  const { expectedVersion = null } = options;
  if (expectedVersion !== null)
    checkOption(expectedVersion, wholeNumber(0, Number.MAX_SAFE_INTEGER), ["expectedVersion"]);
  if (about !== undefined) checkEntity(about, ["subject"]);
  const row: EventRow = {
    ...stamp,
    lane: action.lane,
    type: action.type,
    version: action.version,
    severity: action.severity,
    subject: withLabel(about ?? calls[0]!.subject),
    refs: {},
    data: {},
    entities: [],
    audience: null,
    kind: action.kind,
    sealed: null,
    reservedId: null,
    cause: null,
    key: null, // claimed when the action begins, not when its event is written
    fingerprint: null,
  };
  const asked = { actor: row.actor, inputs: calls.map(({ input }) => input), among };
  const fingerprints = key === null ? [] : actFingerprints(action, asked, fingerprintKeys);
  return { action, row, cause, key, fingerprints, expectedVersion, calls };
}

function registeredAction(given: unknown, registry: Registry): AnyActionDefinition {
  if (!isActionDefinition(given))
    throw new TidingsError("UNKNOWN_TYPE", { detail: "What was given is no action", path: ["action"] });
  if (given.ignored) throw new TidingsError("ACTION_IGNORED", { detail: `"${given.type}"` });
  if (registry.find(given.type) === given) return given;
  const detail = `The action "${given.type}" is not among those given to createTidings({ actions })`;
  throw new TidingsError("UNKNOWN_TYPE", { detail, path: ["action"] });
}

function prepareCall(
  action: AnyActionDefinition,
  given: unknown,
  { account, actor }: { readonly account: string; readonly actor: EntityRef },
): PreparedCall {
  const { type, input: schema } = action;
  const parsed = schema ? parseInput(given, { type, schema, at: "input" }) : (given ?? {});
  checkSerializable(parsed, ["input"]);
  // A copy: the first run is given what later ones will be, and cannot change what is stored.
  const input = asStored(parsed);
  if (!schema && sortedJson(input) !== "{}")
    throw new TidingsError("INVALID_DATA", { detail: `${type} is defined without input`, path: ["input"] });
  const captures = takeCaptures();
  const subject: unknown = action.subjectOf(structuredClone(input) as never, {
    account,
    actor,
    id: captures.id,
    random: captures.random,
  });
  checkEntity(subject, ["subject"]);
  return { input, captures, subject: withLabel(subject), lock: lockName(action, input, subject) };
}

/** Throws INVALID_OPTION for what is no list, TOO_MANY_EVENTS. */
export function checkInputs(inputs: unknown): asserts inputs is readonly unknown[] {
  if (!Array.isArray(inputs))
    throw new TidingsError("INVALID_OPTION", {
      detail: "performAll takes a list of inputs",
      path: ["inputs"],
    });
  if (inputs.length > limits.eventsPerCall)
    throw new TidingsError("TOO_MANY_EVENTS", { detail: `${inputs.length} inputs` });
}
