import { expect, test } from "vitest";
import { events } from "../../test/support/boardEvents.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { createTidings } from "../tidings.ts";

test("a name is subscribed once in a process: two handlers would take turns at one checkpoint", () => {
  const tidings = createTidings({ db: downDatabase().db, events });
  tidings.subscribe("search", { run: () => undefined });
  tidings.subscribe("mail", { run: () => undefined });
  expect(() => tidings.subscribe("search", { run: () => undefined })).toThrow(
    expect.objectContaining({
      code: "SUBSCRIPTION_EXISTS",
      message: expect.stringMatching(/^"search"/) as string,
    }),
  );
});

test.each([
  ["webhooks", "webhooks"],
  ["actions.after", "actions"],
  ["projection:project_stats:1", "projections"],
])("no app takes the name %s: it would do nothing in place of what Tidings does", (name, option) => {
  const tidings = createTidings({ db: downDatabase().db, events });
  expect(() => tidings.subscribe(name, { run: () => undefined })).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      detail: expect.stringContaining(`createTidings({ ${option} })`) as string,
      path: ["name"],
    }),
  );
  expect(tidings.subscriptions.registered()).toEqual([]);
});
