import { expect, test } from "vitest";
import * as events from "../../test/support/webhookEvents.ts";
import { catalog } from "../events/catalog.ts";
import { createRegistry } from "../events/registry.ts";
import { catalogPage } from "./catalogPage.ts";

test("the page says of each type how webhooks send it, where that is not plain", () => {
  const page = catalogPage(catalog(createRegistry(events.events)));
  const factsOf = (type: string) => new RegExp(`## ${type}\\n[^]*?(Version [^\\n]*)`).exec(page)![1];
  expect(factsOf("invoice.paid")).toContain("sent by webhooks in version 1 and 3");
  expect(factsOf("invoice.noted")).toContain("not sent by webhooks");
  expect(factsOf("job.failed")).toContain("sent by webhooks in version 1");
  expect(factsOf("invoice.sent")).not.toContain("webhooks");
  expect(factsOf("job.ran")).not.toContain("webhooks");
});
