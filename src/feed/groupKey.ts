import { createHash } from "node:crypto";
import { entityKey, type EntityRef } from "../events/entity.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";

/**
 * What events must have in common to be shown as one line, as a short text: type, lane, whom it was done for, and the actor and
 * roles that the definition names. Null for what is always a line of its own: anything that is not `info`, `group: false`, and
 * events that this process cannot read.
 */
export function groupKey(event: RecordedEvent, registry: Registry): string | null {
  if (event.severity !== "info" || event.problem !== null) return null;
  const group = registry.find(event.type)?.group ?? null;
  if (group === null) return null;
  const common = [
    event.type,
    event.lane,
    keyOf(event.onBehalfOf),
    groupsByActor(group) && keyOf(event.actor),
    ...group.map((name) =>
      keyOf(name === "subject" ? event.subject : (event.refs as Record<string, Filling>)[name]),
    ),
  ];
  return createHash("sha256").update(JSON.stringify(common)).digest("base64url").slice(0, 16);
}

/** Who did it is part of what groups have in common, unless they are about one subject. */
export function groupsByActor(group: readonly string[]): boolean {
  return !group.includes("subject");
}

type Filling = EntityRef | readonly EntityRef[] | null | undefined;

function keyOf(filling: Filling): string | readonly string[] | null {
  if (filling === null || filling === undefined) return null;
  return "type" in filling ? entityKey(filling) : filling.map(entityKey).toSorted();
}
