import { createHash } from "node:crypto";
import { TidingsError } from "../errors.ts";
import { entityKey } from "../events/entity.ts";
import { normalFilter } from "../events/filter.ts";
import { checkIdentifier } from "../events/limits.ts";
import type { Registry } from "../events/registry.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { checkReplayOptions } from "./checkReplayOptions.ts";
import type { ClearedReplay, ReplayDefaults, ReplayOptions } from "./replayOptions.ts";
import { checkReplayedTypes } from "./replayedTypes.ts";
import { checkRoutes } from "./routes.ts";
import type { ComparedTable } from "./tableShape.ts";
import { createTreatments, type Treatment } from "./treatment.ts";
import { checkUntil } from "./until.ts";

/** Options that were understood, with the defaults of createTidings. */
export interface CheckedReplay extends ReplayOptions {
  readonly what: ClearedReplay;
  /** The same for every call that goes on with the same replay. */
  readonly fingerprint: string;
  readonly strict: boolean;
  readonly batch: number;
  readonly compare: readonly ComparedTable[];
  /** Types that are replayed although they are no actions. */
  readonly routed: readonly string[];
  readonly treatmentOf: (event: Pick<StoredEvent, "type" | "version">) => Treatment;
  /** Whether the caller asked for it. */
  readonly wants: (event: Pick<StoredEvent, "type" | "subject">) => boolean;
  /** Whether `wants` may leave something out. */
  readonly filtered: boolean;
  /** Whether it begins behind the beginning, from a snapshot. */
  readonly after: number;
}

/** Throws INVALID_OPTION, INVALID_FILTER, REPLAY_NEEDS_CLEAR or CLEAR_NEEDS_FUNCTION. */
export function checkReplay(
  options: ReplayOptions,
  defaults: ReplayDefaults,
  registry: Registry,
): CheckedReplay {
  checkReplayOptions(options);
  const { into, strict = true, batch = 500, from, snapshot } = options;
  const until = options.until === undefined ? undefined : checkUntil(options.until);
  if ((from === undefined) !== (snapshot === undefined)) refuse("from and snapshot go together");
  const compare = options.compare === true ? (defaults.tables ?? []) : options.compare || [];
  if (options.compare === true && compare.length === 0)
    refuse("compare: true compares the tables of createTidings({ replay: { tables } }), which names none");
  if (compare.length > 0 && into === undefined && !options.dryRun)
    refuse("compare needs into: in place there is nothing left to compare with");

  const selection = selectionOf({ ...options, until }, registry);
  const { account, subject, types } = selection.what;
  const routes = checkRoutes([...(options.routes ?? []), ...(defaults.routes ?? [])], registry);
  if (types !== null) checkReplayedTypes(types, routes, registry);
  const clear = options.clear ?? (into ? undefined : defaults.clear);
  checkClear(clear, {
    inPlace: into === undefined,
    partial: account !== null || subject !== null || types !== null,
  });
  return {
    ...options,
    ...selection,
    clear,
    strict,
    batch,
    compare,
    routed: [...new Set(routes.flatMap(({ types }) => types))],
    treatmentOf: createTreatments(routes, registry),
    after: from?.position ?? 0,
    fingerprint: fingerprintOf(selection.what, from?.position ?? 0),
  };
}

function selectionOf({ account, subject, types, until }: ReplayOptions, registry: Registry) {
  if (account !== undefined) checkIdentifier(account, ["account"]);
  const filter = normalFilter(
    { types, subjects: subject === undefined ? undefined : [subject] },
    account ?? "any",
    registry,
  );
  const wantedTypes = filter.types && new Set(filter.types);
  const names = types?.map((type) => (typeof type === "string" ? type : type.type)) ?? null;
  // Of a category also what nobody defines any more: it must not be passed over in silence.
  const prefixes = names?.flatMap((name) => (name.endsWith(".*") ? [name.slice(0, -1)] : [])) ?? [];
  const wantedSubject = filter.subjects?.[0] ?? null;
  const what: ClearedReplay = {
    account: account ?? null,
    subject: wantedSubject,
    types: names,
    until: until ?? null,
  };
  return {
    what,
    filtered: wantedTypes !== null || wantedSubject !== null,
    wants: (event: Pick<StoredEvent, "type" | "subject">) =>
      (wantedSubject === null || entityKey(event.subject) === wantedSubject) &&
      (wantedTypes === null ||
        wantedTypes.has(event.type) ||
        prefixes.some((prefix) => event.type.startsWith(prefix))),
  };
}

function checkClear(
  clear: ReplayOptions["clear"],
  { inPlace, partial }: { inPlace: boolean; partial: boolean },
): void {
  if (clear === undefined) {
    if (inPlace) throw new TidingsError("REPLAY_NEEDS_CLEAR");
    return;
  }
  if (typeof clear === "function") return;
  if (partial) throw new TidingsError("CLEAR_NEEDS_FUNCTION");
}

/** Not the routes: who mends one after a failure wants to go on where it failed. */
function fingerprintOf(what: ClearedReplay, after: number): string {
  return createHash("sha256")
    .update(JSON.stringify([what, after]))
    .digest("hex");
}

function refuse(detail: string): never {
  throw new TidingsError("INVALID_OPTION", { detail });
}
