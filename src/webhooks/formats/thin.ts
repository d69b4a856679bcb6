import type { EntityRef } from "../../events/entity.ts";
import type { Format } from "../format.ts";

/**
 * Only what is needed to ask for the rest: the same paths as in the standard format, without data, names and sentence. For
 * receivers that want the present state, and for those through whom no content may pass.
 */
export const thin: Format = {
  name: "thin",
  write: ({ id, type, version, account, actor, onBehalfOf, subject, refs, occurredAt }) => {
    const roles = Object.entries(refs).map(([role, value]) => [role, value && thinRefs(value)]);
    const body = {
      type,
      timestamp: occurredAt,
      id,
      version,
      account,
      actor: thinRef(actor),
      onBehalfOf: onBehalfOf && thinRef(onBehalfOf),
      subject: thinRef(subject),
      refs: Object.fromEntries(roles) as object,
      occurredAt,
    };
    return { contentType: "application/json", headers: {}, body: Buffer.from(JSON.stringify(body)) };
  },
};

function thinRefs(value: EntityRef | readonly EntityRef[]) {
  return "type" in value ? thinRef(value) : value.map(thinRef);
}

function thinRef({ type, id }: EntityRef) {
  return { type, id };
}
