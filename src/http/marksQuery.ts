import type { Identity } from "./identity.ts";
import { feedKey } from "./markRoutes.ts";
import { readingOf, type ViewerQuery } from "./viewerQuery.ts";

export const marksParameter = {
  marks: feedKey.optional().openapi({
    description: "A feed's key: items then say whether the one who asks has seen and read them.",
  }),
};

/** Whoever may look as somebody else, the marks are those of the one who asks. */
export function withReader<Query extends ViewerQuery & { readonly marks?: string | undefined }>(
  identity: Identity,
  query: Query,
) {
  const { marks: feed, ...rest } = query;
  const reading = readingOf(identity, rest);
  return feed === undefined ? reading : { ...reading, reader: { reader: identity.actor, feed } };
}
