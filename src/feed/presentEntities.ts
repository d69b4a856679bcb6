import { TidingsError } from "../errors.ts";
import { entityKey, type EntityDefinition, type EntityRef, type LoadedEntity } from "../events/entity.ts";
import type { Registry } from "../events/registry.ts";
import type { Signals } from "../signals.ts";
import type { PresentEntities } from "./feedItem.ts";

/** An entity of an account: ids are the app's, and two accounts may use the same. */
export interface EntityOfAccount {
  readonly account: string;
  readonly ref: EntityRef;
}

export interface PresentDependencies {
  readonly registry: Registry;
  readonly signals: Signals;
}

/**
 * What the app says of these entities now: one call a kind and account, for kinds that have `load`. One that fails is told by a
 * signal, and takes nothing with it but the names and links of its kind.
 */
export async function loadPresent(
  wanted: Iterable<EntityOfAccount>,
  { registry, signals }: PresentDependencies,
): Promise<PresentEntities> {
  if (![...registry.entities.values()].some(({ options }) => options.load)) return NOTHING_SAID;
  const calls = new Map<string, { entity: EntityDefinition; account: string; ids: Set<string> }>();
  for (const { account, ref } of wanted) {
    const entity = registry.entities.get(ref.type);
    if (!entity?.options.load) continue;
    const kind = presentKey(account, { type: ref.type, id: "" });
    const call = calls.get(kind) ?? { entity, account, ids: new Set<string>() };
    call.ids.add(ref.id);
    calls.set(kind, call);
  }
  const present = new Map<string, LoadedEntity | null | "unknown">();
  await Promise.all(
    [...calls.values()].map(async ({ entity: { entity: type, options }, account, ids }) => {
      const keyOf = (id: string) => presentKey(account, { type, id });
      try {
        const found = checkFound(type, await options.load!([...ids], { account }));
        for (const id of ids) present.set(keyOf(id), null);
        for (const loaded of found) present.set(keyOf(loaded.id), loaded);
      } catch (error) {
        for (const id of ids) present.set(keyOf(id), "unknown");
        signals.emit("entity.load_failed", { entity: type, account, ids: [...ids], error });
      }
    }),
  );
  return { find: (account, ref) => present.get(presentKey(account, ref)) };
}

const NOTHING_SAID: PresentEntities = { find: () => undefined };

/** Throws for what is no answer. An id may be a number, as drivers give it. */
function checkFound(type: string, found: unknown): LoadedEntity[] {
  if (!isIterable(found)) refuseFound(type, `${found === null ? "null" : typeof found}`);
  const loaded = [...found];
  const wrong = loaded.findIndex((row) => !isLoaded(row));
  if (wrong !== -1) refuseFound(type, `something else at index ${wrong}`);
  return loaded as LoadedEntity[];
}

function isIterable(found: unknown): found is Iterable<unknown> {
  return typeof found === "object" && found !== null && Symbol.iterator in found;
}

function isLoaded(row: unknown): boolean {
  if (typeof row !== "object" || row === null) return false;
  const { id, label, url } = row as Record<keyof LoadedEntity, unknown>;
  return ["string", "number", "bigint"].includes(typeof id) && [label, url].every(isTextOrNothing);
}

function isTextOrNothing(value: unknown): boolean {
  return typeof (value ?? "") === "string";
}

function refuseFound(type: string, what: string): never {
  throw new TidingsError("INVALID_DEFINITION", {
    detail: `Entity "${type}": load gave ${what}; it must give a list of { id, label?, url? }, without those that are gone`,
  });
}

/** No account holds a NUL, so that one account's entity can never pass for another's. */
function presentKey(account: string, ref: { readonly type: string; readonly id: string }): string {
  return `${account}\0${entityKey(ref)}`;
}
