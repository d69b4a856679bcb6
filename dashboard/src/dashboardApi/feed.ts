import type { FeedPage } from "../../../src/react/wire.ts";
import { read, type Query } from "./request.ts";

/** A page of the feed: `items` newest first, and the `position` from which the live stream goes on. */
export const readFeed = (query: Query) => read<FeedPage>("feed", query);
