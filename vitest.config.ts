import { defineConfig } from "vitest/config";

const tests = ["src", "test", "examples", "bench", "dashboard"].map((folder) => `${folder}/**/*`);

export default defineConfig({
  test: {
    pool: "forks",
    // Each worker of database tests keeps a server busy too: two are as fast as more on a small machine.
    maxWorkers: 2,
    // The first PGlite of a process takes seconds, on a machine with other work half a minute.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: tests.map((folder) => `${folder}.unit.test.ts`) },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: tests.map((folder) => `${folder}.test.ts`),
          // An own list of exclusions replaces vitest's, which is this folder: bench has one of its own.
          exclude: [...tests.map((folder) => `${folder}.unit.test.ts`), "**/node_modules/**"],
          globalSetup: "test/support/databaseServers.ts",
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      // What runs in browsers is tested in one, where coverage does not see it.
      exclude: ["src/**/*.test.ts", "src/**/*.test-d.ts", "src/react/**"],
      reporter: ["text-summary", "html", "lcovonly"],
      thresholds: { lines: 90 },
    },
  },
});
