import { z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import type { Viewer } from "../events/viewer.ts";
import { list } from "./filterQuery.ts";
import { mayActAs, type Identity } from "./identity.ts";

/** As whom to read. Only a role that sees everything may choose. */
export const viewerParameters = {
  viewer: z
    .string()
    .optional()
    .openapi({
      description:
        "Reads what this one may see, written `type:id`. For `service` and `operator`, who see everything without it; " +
        "other roles always read as themselves.",
    }),
  audiences: list(z.string(), "What the `viewer` also counts as: groups, boards, permissions."),
};

export interface ViewerQuery {
  readonly viewer?: string | undefined;
  readonly audiences?: readonly string[] | undefined;
}

/** Who looks: below `service` the one who asks, and otherwise whom the query names. Undefined sees everything. */
export function viewerOf(identity: Identity, query: ViewerQuery = {}): Viewer | undefined {
  const { viewer, audiences } = query;
  if (!mayActAs(identity, "service")) {
    if (viewer !== undefined || audiences !== undefined)
      throw new TidingsError("FORBIDDEN", { detail: `Role ${identity.role} reads as itself: no viewer` });
    const { actor, audiences: own } = identity;
    return { type: actor.type, id: actor.id, audiences: own };
  }
  if (viewer === undefined) {
    if (audiences !== undefined) refuse("audiences", "belong to a viewer");
    return undefined;
  }
  const colon = viewer.indexOf(":");
  if (colon < 1) refuse("viewer", `"${viewer.slice(0, 50)}" must be "type:id"`);
  return { type: viewer.slice(0, colon), id: viewer.slice(colon + 1), audiences };
}

/** A query as the reads take it: of the account that asks, as seen by who looks. */
export function readingOf<Query extends ViewerQuery>(identity: Identity, query: Query) {
  const { viewer: _viewer, audiences: _audiences, ...rest } = query;
  return { ...rest, account: identity.account, viewer: viewerOf(identity, query) };
}

function refuse(field: keyof ViewerQuery, what: string): never {
  throw new TidingsError("INVALID_REQUEST", { detail: `${field} ${what}`, path: [field] });
}
