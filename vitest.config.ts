import { defineConfig } from "vitest/config";

const tests = ["src", "test", "examples", "bench", "dashboard"].map((folder) => `${folder}/**/*`);

export default defineConfig({
  test: {
    pool: "forks",
    // One more than a small machine has processors: a test of loops, processes or a browser waits for a third of its time.
    maxWorkers: 3,
    // The first PGlite of a process takes seconds, on a machine with other work half a minute.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: tests.map((folder) => `${folder}.unit.test.ts`),
          // Files of a process share its modules, whose loading was a third of the time; who changes what is global puts it back. Not so
          // with databases: a process that has had many PGlites gets slower than new ones are.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: tests.map((folder) => `${folder}.test.ts`),
          // An own list of exclusions replaces vitest's, which is this folder: bench has one of its own.
          exclude: [...tests.map((folder) => `${folder}.unit.test.ts`), "**/node_modules/**"],
          globalSetup: "test/support/databaseServers.ts",
          // A file ends before optimized code of PGlite has paid for itself: compiled once, the first database of a process
          // takes 0.8 s of processor time instead of 1.7, and 10,000 events are recorded in four fifths.
          execArgv: ["--liftoff-only"],
        },
      },
    ],
    coverage: {
      provider: "custom",
      customProviderModule: "./test/support/coverage.ts",
      include: ["src/**/*.ts"],
      // What runs in browsers is tested in one, where coverage does not see it.
      exclude: ["src/**/*.test.ts", "src/**/*.test-d.ts", "src/react/**"],
      reporter: ["text-summary", "html", "lcovonly"],
      thresholds: { lines: 90 },
    },
  },
});
