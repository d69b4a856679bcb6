import { z } from "zod";
import { defineEvent } from "../../../src/events/defineEvent.ts";
import { defineEntity } from "../../../src/events/entity.ts";

export const item = defineEntity("item");

/** What the handlers of these tests do with an event, beside writing down that they were given it. */
export const acts = ["throw", "throw_until_healed", "exit", "pause"] as const;
export type Act = (typeof acts)[number];

export const itemChanged = defineEvent("item.changed", {
  subject: item,
  data: z.object({ n: z.number().int(), act: z.enum(acts).optional() }),
});

export const itemRemoved = defineEvent("item.removed", { subject: item });

/** The module that tests give to createTidings. */
export const itemEvents = { itemChanged, itemRemoved };
