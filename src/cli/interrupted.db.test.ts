import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EVENTS_FILE, startCli } from "../../test/support/cli.ts";
import { card, cardClosed, user } from "../../test/support/cliEvents.ts";
import { createTestPglite } from "../../test/support/testDatabase.ts";
import { pglite } from "../db/pglite.ts";
import { createTidings } from "../tidings.ts";

/** As many as no pipe holds: the end of their reader is noticed by whoever writes them. */
const EVENTS = 1_500;

let directory: string;
let data: string;
let config: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tidings-cli-"));
  data = join(directory, "data");
  config = join(directory, "tidings.config.mts");
  const template = await createTestPglite();
  const client = await PGlite.create({
    dataDir: data,
    loadDataDir: await template.client.dumpDataDir("none"),
  });
  const tidings = createTidings({ db: pglite(client), events: { cardClosed } });
  for (let recorded = 0; recorded < EVENTS; recorded += 100) {
    const drafts = Array.from({ length: 100 }, () =>
      cardClosed({ account: "acme", actor: user("ann", "Ann"), subject: card(1, "Fix") }),
    );
    await tidings.record(...drafts);
  }
  await client.close();
  await template.drop();
  const moduleOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  await writeFile(
    config,
    `import { PGlite } from ${JSON.stringify(import.meta.resolve("@electric-sql/pglite"))};
     import { createTidings } from ${moduleOf("../index.ts")};
     import { pglite } from ${moduleOf("../db/pglite.ts")};
     import * as events from ${JSON.stringify(EVENTS_FILE)};
     export const tidings = createTidings({ db: pglite(await PGlite.create(${JSON.stringify(data)})), events });`,
  );
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

/** PGlite keeps this file while the directory is open, and the next command is refused where it was left. */
const isLeftOpen = () => existsSync(join(data, "postmaster.pid"));

const TAIL = ["tail", "--account", "acme", "--after", "0", "--json"];
const BATCH = ["record", "--batch", "--account", "acme", "--json"];

describe.each([
  ["a directory", () => ["--pglite", data]],
  ["the database of a config file", () => ["--config", config]],
])("with %s of PGlite open", (_, place) => {
  test("a tail whose reader has enough closes it and ends well", async () => {
    const tail = startCli([...TAIL, ...place()]);
    expect(JSON.parse(await tail.nextLine())).toMatchObject({ type: "card.closed" });
    expect(await tail.readNoMore()).toBe(0);
    expect(isLeftOpen()).toBe(false);
  });

  // Ctrl-C, and the terminal being closed.
  test.each(["SIGINT", "SIGHUP"] as const)(
    "%s closes it, and a script ends with the command that was not done",
    async (signal) => {
      const record = startCli([
        ...BATCH,
        ...place(),
        ...(place()[0] === "--pglite" ? ["--events", EVENTS_FILE] : []),
      ]);
      // A hundred lines are recorded at once; more are to come.
      record.type('{"type":"card.closed","actor":"user:ann","subject":"card:1"}\n'.repeat(100));
      expect(JSON.parse(await record.nextLine())).toMatchObject({ line: 1, ok: true });
      // What a shell takes for exit code 130, and for a reason not to go on.
      expect(await record.interrupt(signal)).toBe("SIGINT");
      expect(isLeftOpen()).toBe(false);
    },
  );
});

describe("Ctrl-C", () => {
  test("twice ends a command at once that does not come to its end", async () => {
    const stuck = join(directory, "stuck.mjs");
    // What the app's module opens is closed when it is loaded, and this one never is.
    await writeFile(
      stuck,
      `process.once("SIGINT", () => setInterval(() => process.stdout.write("still loading\\n"), 100));
       process.stdout.write("loading\\n");
       setInterval(() => {}, 1_000);
       await new Promise(() => {});`,
    );
    const check = startCli(["check", "--events", EVENTS_FILE, "--config", stuck]);
    expect(await check.nextLine()).toBe("loading");
    const ended = check.interrupt();
    expect(await check.nextLine()).toBe("still loading");
    // What comes right after the first is taken for the same one.
    const again = setInterval(() => void check.interrupt(), 50);
    expect(await ended).toBe("SIGINT");
    clearInterval(again);
  });
});
