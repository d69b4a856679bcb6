import { expect, test } from "vitest";
import { ann, events } from "../../test/support/boardEvents.ts";
import type { Queryable } from "../db/database.ts";
import { lanes } from "../events/defineEvent.ts";
import { normalFilter } from "../events/filter.ts";
import { createRegistry } from "../events/registry.ts";
import { countEvents } from "./countEvents.ts";
import { findEvents } from "./findEvents.ts";

test("a page plans no months of events, and a count those of a lane once, however many values a filter has", async () => {
  const sent: string[] = [];
  const on: Queryable = {
    query: async <Row extends object>(sql: string) => {
      sent.push(sql);
      return [{ lane: null, id: null, position: "0", count: "0" }] as unknown as Row[];
    },
  };
  const actors = Array.from({ length: 50 }, (_, number) => ({ ...ann, id: String(number) }));
  const filter = normalFilter({ actors, lanes }, "acme", createRegistry(events));
  await findEvents(on, filter, { limit: 51 });
  expect(sent.at(-1)).toContain("tidings.ids_where(");
  expect(sent.at(-1)).not.toContain("tidings.events");
  await countEvents(on, filter);
  expect(sent.at(-1)!.match(/from tidings\.events e\b/g)).toHaveLength(lanes.length);
});
