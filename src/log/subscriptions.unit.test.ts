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
