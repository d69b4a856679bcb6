import { existsSync } from "node:fs";
import type { Pool } from "pg";
import { expect, test } from "vitest";
import { TidingsError } from "../errors.ts";
import { pg } from "./pgAdapter.ts";

test("a query builder's own transaction is refused with the page that says what to hand in instead", () => {
  const ofDrizzle = { session: { client: {} }, execute: () => undefined, transaction: () => undefined };
  const { adopt } = pg({} as Pool);
  const refused = expect.objectContaining({
    code: "TRANSACTION_REQUIRED",
    detail: expect.stringContaining("docs/guides/query-builders.md") as string,
  }) as TidingsError;
  expect(() => adopt(ofDrizzle)).toThrow(refused);
  expect(existsSync(new URL("../../docs/guides/query-builders.md", import.meta.url))).toBe(true);
});
