import { z } from "zod";
import { defineEntity, defineEvent } from "../../../src/index.ts";

export const item = defineEntity("item");
export const setting = defineEntity("setting");
export const shelf = defineEntity("shelf");
export const user = defineEntity("user");

/** What feeds show of it: recorded by the actions, and written by no replay. */
export const itemAdded = defineEvent("item.added", { subject: item, data: z.object({ quantity: z.int() }) });
export const itemSoldOut = defineEvent("item.sold_out", { subject: item });
