import { describe, type TestContext } from "vitest";
import { createTestDatabase, createTestPglite, testServer, type TestDatabase } from "./testDatabase.ts";

export interface DatabaseUnderTest {
  readonly name: "pglite" | "embedded" | "system" | "env";
  /** Skips the test, saying why, where one connection serves the whole process. */
  readonly needsSeveralConnections: (context: TestContext) => void;
}

/** Opens a fresh database of the kind under test. */
export type OpenDatabase = (options?: { migrated?: boolean | undefined }) => Promise<TestDatabase>;

/** Runs one suite on PGlite and on each PostgreSQL that this run has. */
export function describeOnDatabases(
  name: string,
  suite: (open: OpenDatabase, database: DatabaseUnderTest) => void,
): void {
  describe(`${name} on PGlite`, () =>
    suite(createTestPglite, {
      name: "pglite",
      needsSeveralConnections: (context) => context.skip("PGlite has one connection"),
    }));
  for (const server of ["embedded", "system", "env"] as const) {
    const running = testServer(server);
    // What a run lacks is listed as skipped; `env` is something extra that nobody misses.
    if (running === undefined && server === "env") continue;
    describe.skipIf(running === undefined)(
      running
        ? `${name} on PostgreSQL ${running.version} (${server})`
        : `${name} on the ${server}'s PostgreSQL: not installed`,
      () =>
        suite((options) => createTestDatabase({ ...options, server }), {
          name: server,
          needsSeveralConnections: () => undefined,
        }),
    );
  }
}
