import type { AnyEventDefinition } from "./defineEvent.ts";
import type { EntityRef, Role } from "./entity.ts";

/** How many a role that holds many gets: enough to show how a sentence lists them. */
const LIST_LENGTH = 2;

/** An entity for every place of an event, numbered by kind: `card:1`, `column:1`, `column:2`. The same at every call. */
export function exampleEntities({ subject, refs }: Pick<AnyEventDefinition, "subject" | "refs">): {
  readonly subject: EntityRef;
  readonly refs: { readonly [role: string]: EntityRef | readonly EntityRef[] };
} {
  const counts = new Map<string, number>();
  const next = (role: Role): EntityRef => {
    const kind = role.entities[0]?.entity ?? "entity";
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    return { type: kind, id: String(number), label: `${titled(kind)} ${number}` };
  };
  const ofRole = (role: Role) =>
    role.holds === "many" ? Array.from({ length: LIST_LENGTH }, () => next(role)) : next(role);
  return {
    subject: next(subject),
    refs: Object.fromEntries(Object.entries(refs).map(([name, role]) => [name, ofRole(role)])),
  };
}

/** `pull_request` as `Pull request`. */
function titled(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("_", " ");
}
