import { entityKey, type EntityDefinition, type EntityRef, type LoadedEntity } from "../events/entity.ts";
import type { Registry } from "../events/registry.ts";
import type { PresentEntities } from "./feedItem.ts";

/** An entity of an account: ids are the app's, and two accounts may use the same. */
export interface EntityOfAccount {
  readonly account: string;
  readonly ref: EntityRef;
}

/** What the app says of these entities now: one call a kind and account, for kinds that have `load`. */
export async function loadPresent(
  wanted: Iterable<EntityOfAccount>,
  registry: Registry,
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
  const present = new Map<string, LoadedEntity | null>();
  await Promise.all(
    [...calls.values()].map(async ({ entity, account, ids }) => {
      const found = await entity.options.load!([...ids], { account });
      for (const id of ids) present.set(presentKey(account, { type: entity.entity, id }), null);
      for (const loaded of found)
        present.set(presentKey(account, { type: entity.entity, id: loaded.id }), loaded);
    }),
  );
  return { find: (account, ref) => present.get(presentKey(account, ref)) };
}

const NOTHING_SAID: PresentEntities = { find: () => undefined };

/** No account holds a NUL, so that one account's entity can never pass for another's. */
function presentKey(account: string, ref: { readonly type: string; readonly id: string }): string {
  return `${account}\0${entityKey(ref)}`;
}
