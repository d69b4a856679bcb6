import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What whoever compares figures over time relies on. */
const FIGURES = {
  record: [
    "updateOnlyTps",
    "recordTps",
    "ratio",
    "ratioWithWorker",
    "addedP50Ms",
    "addedP99Ms",
    "peers.emmett",
    "peers.pgBossSend",
  ],
  bulk: ["rawEventsPerSecond", "eventsPerSecond", "ratio", "bytesPerEvent"],
  sequencer: ["eventsPerSecond", "lagP99Ms", "lagP99MsWithIdleWriter", "emptyTickMs"],
  webhooks: [
    "rawHttpPerSecond",
    "deliveriesPerSecond",
    "ratio",
    "peers.graphileWorker",
    "peers.pgBoss",
    "recordedToReceivedP99Ms",
  ],
  "webhooks-fair": [
    "hangingEndpointHealthyP99Ms",
    "deadAccountHealthyP99Ms",
    "memoryBeforeMb",
    "memoryAfterMb",
  ],
  feed: [
    "events",
    "firstPageP99Ms",
    "deepPageP99Ms",
    "timelineP99Ms",
    "sparseTypeP99Ms",
    "groupedP99Ms",
    "facetsP99Ms",
    "unreadP99Ms",
  ],
  replay: [
    "scanEventsPerSecond",
    "projectionEventsPerSecond",
    "actionEventsPerSecond",
    "peakRssMb.at200k",
    "peakRssMb.at1m",
    "peers.emmett",
  ],
} as const;

describe("every bench still runs, and gives its figures as one JSON object", () => {
  for (const [name, paths] of Object.entries(FIGURES)) {
    test(name, { timeout: 120_000 }, async () => {
      const result = await bench(name, "--quick", "--json");
      for (const path of paths)
        expect(result, `bench ${name} has ${path}`).toHaveProperty(path, expect.any(Number));
      expect(result).toMatchObject({
        bench: name,
        quick: true,
        rounds: 1,
        settings: { fsync: "on", synchronous_commit: "on" },
        versions: { postgresql: expect.stringMatching(/^18\./) as string },
      });
    });
  }

  test("an unknown name is answered with the list of benches and exit code 2", async () => {
    const failure = await run("nonsense").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 2, stdout: expect.stringContaining("record") as string });
  });
});

async function bench(...args: string[]): Promise<object> {
  const { stdout } = await run(...args);
  // Before the object stands, the first time, that the peers are installed.
  return JSON.parse(stdout.slice(stdout.indexOf("{"))) as object;
}

const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["scripts/bench.mjs", ...args], { cwd: root });
