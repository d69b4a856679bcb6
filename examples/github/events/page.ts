import { z } from "zod";

/** The data of most events: where GitHub shows what it is about. */
export const page = z.object({ url: z.url() });

/** For events about things that have no page of their own, or have none any more. */
export const maybePage = z.object({ url: z.url().nullable() });

export const toPage = (event: { readonly data: { readonly url: string | null } }) => event.data.url;
