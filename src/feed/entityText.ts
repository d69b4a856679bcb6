import { entityKey, parseEntityKey } from "../events/entity.ts";
import type { EntityLike } from "../events/filter.ts";
import { checkIdentifier } from "../events/limits.ts";

/** An entity as `type:id`, or undefined for what is none. */
export function entityText(entity: EntityLike): string | undefined {
  try {
    const text = typeof entity === "string" ? entity : entityKey(entity);
    checkIdentifier(parseEntityKey(text)?.id, ["id"]);
    return text;
  } catch {
    return undefined;
  }
}
