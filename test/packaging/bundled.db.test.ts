import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, events } from "../support/boardEvents.ts";
import { createTestPglite, type TestDatabase } from "../support/testDatabase.ts";
import type { Tidings } from "../../src/index.ts";

let folder: string;
let database: TestDatabase;
let tidings: Tidings;

/** A server in one file, as bundlers make it: the package's code without its files, on tables that were migrated elsewhere. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidings-bundle-"));
  await build({
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true },
    build: { ssr: join(import.meta.dirname, "../../src/index.ts"), outDir: folder, target: "node20" },
  });
  const bundle = pathToFileURL(join(folder, "index.js")).href;
  const { createTidings } = (await import(/* @vite-ignore */ bundle)) as typeof import("../../src/index.ts");
  database = await createTestPglite();
  tidings = createTidings({
    db: database.db,
    account: "acme",
    events,
    http: { authorize: () => ({ account: "acme", actor: ann, role: "reader" }) },
  });
}, 120_000);
afterAll(async () => {
  await tidings.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const refused = {
  name: "TidingsError",
  code: "FILES_MISSING",
  message: expect.stringContaining("--external:tidings") as string,
};

test("a bundle that left the package's files behind is told to keep it external, wherever it needs them", async () => {
  await expect(tidings.start()).rejects.toMatchObject(refused);
  await expect(tidings.migrate()).rejects.toMatchObject(refused);
  for (const path of ["/health", "/dashboard/", "/portal/"]) {
    const response = await tidings.handler(new Request(`https://app.example.com${path}`));
    expect([response.status, await response.json()], path).toMatchObject([503, { code: "FILES_MISSING" }]);
  }
  await tidings.record({ ...aMove(1), actor: ann });
});

test("migrations of the app's own beside the bundle are not taken for Tidings'", async () => {
  await mkdir(join(folder, "migrations"));
  await writeFile(join(folder, "migrations/0001_users.sql"), "create table users (id int)");
  await expect(tidings.migrate()).rejects.toMatchObject(refused);
});
