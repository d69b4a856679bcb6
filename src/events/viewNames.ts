import { createHash } from "node:crypto";

/** A name for the view of each type: `card.moved` is `card_moved`; a name that is too long or taken gets a hash. */
export function viewNames(types: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const type of types.toSorted()) {
    const plain = type.replaceAll(".", "_");
    const name = taken.has(plain) ? fitName(`${plain}_${shortHash(type)}`) : fitName(plain);
    taken.add(name);
    names.set(type, name);
  }
  return names;
}

const NAME_BYTES = 63;

/** PostgreSQL cuts longer names silently, and two could become one. */
export function fitName(name: string): string {
  if (Buffer.byteLength(name) <= NAME_BYTES && name !== "") return name;
  let cut = name;
  while (Buffer.byteLength(cut) > NAME_BYTES - 9) cut = cut.slice(0, -1);
  return `${cut.replace(/\p{Surrogate}$/u, "")}_${shortHash(name)}`;
}

/** Tells names apart that were cut or are alike. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
