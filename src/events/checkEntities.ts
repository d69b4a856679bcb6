import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import type { AnyEventDefinition } from "./defineEvent.ts";
import type { Draft } from "./draft.ts";
import type { EntityRef, Role } from "./entity.ts";
import { checkIdentifier, checkLabel } from "./limits.ts";

/** What fills each role, in the form that is stored; a role left empty has no key. */
export function checkRefs(draft: Draft, definition: AnyEventDefinition): EventRow["refs"] {
  for (const name of Object.keys(draft.refs)) {
    if (!Object.hasOwn(definition.refs, name)) {
      throw new TidingsError("INVALID_ENTITY", {
        detail: `${draft.type} has no role "${name}"`,
        path: ["refs", name],
      });
    }
  }
  const refs: Record<string, EntityRef | readonly EntityRef[]> = {};
  for (const [name, role] of Object.entries(definition.refs)) {
    const value = draft.refs[name];
    const path = ["refs", name];
    if (role.holds === "many") {
      if (!Array.isArray(value))
        throw new TidingsError("INVALID_ENTITY", { detail: `refs.${name} must be a list`, path });
      value.forEach((ref: unknown, index) => checkRole(ref, role, [...path, index]));
      refs[name] = (value as EntityRef[]).map(withLabel);
    } else if (value !== undefined && value !== null) {
      checkRole(value, role, path);
      refs[name] = withLabel(value);
    } else if (role.holds === "one") {
      throw new TidingsError("INVALID_ENTITY", { detail: `refs.${name} is missing`, path });
    }
  }
  return refs;
}

/** An entity of one of the kinds that the role takes. */
export function checkRole(value: unknown, role: Role, path: (string | number)[]): asserts value is EntityRef {
  checkEntity(value, path);
  if (!role.entities.some(({ entity }) => entity === value.type)) {
    throw new TidingsError("INVALID_ENTITY", {
      detail: `${path.join(".")} is a ${value.type}, not a ${role.entities.map(({ entity }) => entity).join(" or ")}`,
      path,
    });
  }
}

const ENTITY_TYPE = /^[a-z][a-z0-9_]{0,62}$/;

/** Any entity, as an actor may be one that no definition names. */
export function checkEntity(value: unknown, path: (string | number)[]): asserts value is EntityRef {
  const ref = value as Partial<EntityRef> | null | undefined;
  if (
    typeof ref !== "object" ||
    ref === null ||
    typeof ref.type !== "string" ||
    !ENTITY_TYPE.test(ref.type)
  ) {
    throw new TidingsError("INVALID_ENTITY", {
      detail: `${path.join(".")} must be { type, id, label }`,
      path,
    });
  }
  checkIdentifier(ref.id, [...path, "id"]);
  checkLabel(ref.label ?? null, [...path, "label"]);
}

/** Without whatever else the caller's object holds. */
export function withLabel({ type, id, label }: EntityRef): EntityRef {
  return { type, id, label: label ?? null };
}
