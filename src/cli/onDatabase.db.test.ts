import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EVENTS_FILE, runCli, spawnCli, startCli } from "../../test/support/cli.ts";
import * as events from "../../test/support/cliEvents.ts";
import { cardClosed, cardMoved, card, column, user } from "../../test/support/cliEvents.ts";
import {
  createTestDatabase,
  createTestPglite,
  type PostgresTestDatabase,
} from "../../test/support/testDatabase.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { createTerminal } from "./terminal.ts";
import { tellWaitingEvents } from "./waitingEvents.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tidings-cli-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const ann = user("ann", "Ann");
const moved = (account: string, title: string) =>
  cardMoved({
    account,
    actor: ann,
    subject: card(1, title),
    refs: { from: column(1, "To do"), to: column(2, "Doing") },
    data: { position: 0 },
  });
const RECORD_MOVED = [
  "record",
  "card.moved",
  "--actor",
  "user:ann=Ann",
  "--subject",
  "card:1=Fix = mend",
].concat(["--ref", "from=column:1=To do", "--ref", "to=column:2=Doing", "--data", '{"position":0}']);

describe("tidings migrate", () => {
  test("prints what it would do, does it once, and then has nothing to do", async () => {
    const opened = await createTestDatabase({ migrated: false });
    const migrate = (...more: string[]) => runCli(["migrate", "--database-url", opened.url, ...more]);
    try {
      const dry = await migrate("--dry-run", "--schema", "log");
      expect(dry.stdout).toContain('create table "log".events');
      const early = await runCli(["tail", "--account", "a", "--database-url", opened.url]);
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("error SCHEMA_MISSING ")]);
      const elsewhere = await runCli([
        "tail",
        "--account",
        "a",
        "--database-url",
        opened.url,
        "--schema",
        "nope",
      ]);
      expect(elsewhere.stderr).toContain(
        'SCHEMA_MISSING The schema here is "nope": the command takes --schema nope.',
      );
      const found = await runCli(["doctor", "--json", "--database-url", opened.url, "--schema", "nope"]);
      expect(JSON.parse(found.stdout)).toMatchObject({
        findings: [{ fix: "npx tidings migrate --schema nope" }],
      });
      const tables = "select count(*)::float8 as tables from pg_class where relname = 'events'";
      expect(await opened.db.query(tables)).toEqual([{ tables: 0 }]);
      expect(await migrate()).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^✓ applied 0001_tables\.sql\n✓ applied 0002_append\.sql\n/),
      });
      expect(await migrate()).toMatchObject({ code: 0, stdout: "✓ up to date\n" });
      expect(await migrate("--dry-run")).toMatchObject({
        stdout: "-- Nothing to do: all migrations are applied.\n",
      });
      const grants = await migrate("--dry-run", "--app-role", "my app", "--read-role", "reporting");
      expect(grants.stdout).toContain('grant select, insert on tidings."events" to "my app";');
      expect(grants.stdout).toContain('create policy "reporting" on tidings.events for select');
      expect(grants.stdout).not.toContain("create table");
      const roles = await migrate("--app-role", "nobody_like_this", "--json");
      expect(roles.code).toBe(1);
      expect(JSON.parse(roles.stderr).error).toMatchObject({ code: "DATABASE_REFUSED" });
    } finally {
      await opened.drop();
    }
  });
});

describe("on a migrated PostgreSQL", () => {
  let opened: PostgresTestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    opened = await createTestDatabase();
    tidings = createTidings({ db: opened.db, events }) as Tidings;
    await tidings.start();
  });
  afterAll(async () => {
    await tidings.stop();
    await opened.drop();
  });
  const onDatabase = () => ({ env: { TIDINGS_DATABASE_URL: opened.url } });

  test("record writes what tail then shows, sentence and position included", async () => {
    const recorded = await runCli(
      [...RECORD_MOVED, "--account", "shown", "--events", EVENTS_FILE],
      onDatabase(),
    );
    expect(recorded).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^recorded card\.moved [0-9a-f-]{36} at /),
    });
    const tail = ["tail", "--account", "shown", "--after", "0", "--limit", "1"];
    const [withSentence, without] = await Promise.all([
      runCli([...tail, "--events", EVENTS_FILE], onDatabase()),
      runCli([...tail, "--json"], onDatabase()),
    ]);
    expect(withSentence.stdout).toMatch(
      /^\d\d:\d\d:\d\d {2}domain {2}card\.moved +Ann moved Fix = mend from To do to Doing {2}#\d+\n$/,
    );
    expect(JSON.parse(without.stdout)).toMatchObject({
      position: expect.any(Number),
      type: "card.moved",
      text: "Ann moved card Fix = mend",
    });
  });

  test("tail follows one account's events as they come, and ends cleanly with Ctrl-C", async () => {
    const tail = startCli(["tail", "--account", "followed", "--after", "0", "--json"], onDatabase());
    await tidings.record(moved("other", "A"));
    await tidings.record(moved("followed", "B"));
    expect(JSON.parse(await tail.nextLine())).toMatchObject({ text: "Ann moved card B" });
    await tidings.record(moved("followed", "C"));
    expect(JSON.parse(await tail.nextLine())).toMatchObject({ text: "Ann moved card C" });
    expect(await tail.interrupt()).toBe(0);
  });

  test("tail says why it shows nothing where no worker gives positions", async () => {
    const idle = await createTestDatabase();
    const notes = new PassThrough();
    const terminal = createTerminal(Readable.from([]), new PassThrough(), notes, {});
    const tell = () => tellWaitingEvents(idle.db, terminal, new AbortController().signal, 0);
    await tell();
    await createTidings({ db: idle.db, events }).record(moved("waiting", "A"));
    await tell();
    expect(await text(notes.end())).toMatch(
      /^1 event waits for its position\. Does a worker of your app run\?/,
    );
    await idle.drop();
  });

  test("tail filters by type with and without definitions, by entity and by time", async () => {
    const old = { ...moved("filtered", "Old"), occurredAt: new Date("2020-01-01") };
    await tidings.record(old, cardClosed({ account: "filtered", actor: ann, subject: card(2, "Closed") }));
    const texts = async (...filter: string[]) => {
      const tail = ["tail", "--account", "filtered", "--limit", "1", "--json", ...filter];
      const { stdout } = await runCli(tail, onDatabase());
      return JSON.parse(stdout).text as string;
    };
    expect(await texts("--after", "0", "--types", "card.closed")).toBe("Ann closed card Closed");
    expect(await texts("--after", "0", "--types", "board.*,card.clo*,card.closed")).toBe(
      "Ann closed card Closed",
    );
    expect(await texts("--after", "0", "--types", "card_moved", "--events", EVENTS_FILE)).toContain(
      "Ann moved Old",
    );
    const asRecorded = [
      "tail",
      "--account",
      "filtered",
      "--after",
      "0",
      "--limit",
      "1",
      "--json",
      "--events",
      EVENTS_FILE,
    ];
    expect(JSON.parse((await runCli(asRecorded, onDatabase())).stdout).subject).toMatchObject({
      deleted: false,
    });
    expect(await texts("--after", "0", "--of", "card:2")).toBe("Ann closed card Closed");
    expect(await texts("--since", "10m")).toBe("Ann moved card Old");
  });

  test("labels cannot speak to the operator's terminal", async () => {
    await tidings.record(moved("hostile", "\u001b[2J\u001b]0;owned\u0007\u202egnihton"));
    const { stdout } = await runCli(
      ["tail", "--account", "hostile", "--after", "0", "--limit", "1"],
      onDatabase(),
    );
    for (const control of ["\u001b", "\u0007", "\u202e"]) expect(stdout).not.toContain(control);
    expect(stdout).toContain("owned");
  });

  test("record says what is wrong with an event, and records nothing", async () => {
    const record = (...more: string[]) =>
      runCli([...RECORD_MOVED, "--account", "wrong", "--events", EVENTS_FILE, ...more], onDatabase());
    const bad = await record("--data", '{"position":"top"}');
    expect([bad.code, bad.stdout]).toEqual([1, ""]);
    expect(bad.stderr).toMatch(/^error INVALID_DATA card\.moved: data\.position: /);
    expect((await record("--data", "{")).stderr).toMatch(/^error USAGE --data is not JSON/);
    expect((await record("--subject", "card")).stderr).toMatch(
      /^error USAGE --subject: an entity is written type:id/,
    );
    expect(await tidings.events.count({ account: "wrong" })).toBe(0);
  });

  test("record takes data from a file or stdin, a time, and a key that makes it repeatable", async () => {
    await writeFile(join(directory, "data.json"), '{"position":7}');
    const args = [...RECORD_MOVED.slice(0, -2), "--account", "keyed", "--events", EVENTS_FILE, "--json"];
    const key = ["--key", "once", "--occurred-at", "2026-01-02T03:04:05Z"];
    const first = JSON.parse(
      (await runCli([...args, ...key, "--data", `@${join(directory, "data.json")}`], onDatabase())).stdout,
    );
    const second = JSON.parse(
      (await runCli([...args, ...key, "--data", "-"], { ...onDatabase(), stdin: '{"position":7}' })).stdout,
    );
    expect(first).toMatchObject({ data: { position: 7 }, occurredAt: "2026-01-02T03:04:05.000Z" });
    expect(second.id).toBe(first.id);
  });

  test("a batch records the good lines, tells of each line what became of it, and fails if one was refused", async () => {
    const line = (fields: object) =>
      JSON.stringify({ type: "card.closed", subject: "card:5=Ship", ...fields });
    const stdin = [
      line({ subject: "card:5=Ship\u2028it" }), // in JSON a separator of lines is a letter like others
      "",
      "not json",
      line({ type: "card.clsed" }),
      line({ subject: { type: "user", id: "1" } }),
      line({ account: "elsewhere", actor: "user:ben" }),
    ].join("\n");
    const args = [
      "record",
      "--batch",
      "--account",
      "batched",
      "--actor",
      "user:ann",
      "--events",
      EVENTS_FILE,
      "--json",
    ];
    const { code, stdout } = await runCli(args, { ...onDatabase(), stdin });
    expect(code).toBe(1);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text)),
    ).toEqual([
      { line: 1, ok: true, id: expect.any(String) },
      { line: 3, ok: false, code: "INVALID_REQUEST", message: expect.stringContaining("not JSON") },
      {
        line: 4,
        ok: false,
        code: "UNKNOWN_TYPE",
        message: expect.stringContaining('did you mean "card.closed"'),
      },
      { line: 5, ok: false, code: "INVALID_ENTITY", message: expect.any(String) },
      { line: 6, ok: true, id: expect.any(String) },
    ]);
    expect(await tidings.events.count({ account: "batched" })).toBe(1);
    const spoken = await spawnCli(args.slice(0, -1), { ...onDatabase(), stdin });
    expect(spoken.stdout).toMatch(/^line 1: recorded [0-9a-f-]{36}\nline 3: INVALID_REQUEST /);
    expect(spoken.stderr).toBe("2 recorded, 3 refused\n");
    expect(await tidings.events.count({ account: "elsewhere" })).toBe(2);
  });

  test("doctor has a line for each check, and fails when something is bad", async () => {
    const well = await runCli(["doctor"], onDatabase());
    expect(well.code).toBe(0);
    expect(well.stdout).toMatch(/^✓ fine {5}schema /m);
    await opened.db.query("drop index tidings.idempotency_keys_expiry");
    const ill = await runCli(["doctor"], onDatabase());
    expect(ill.code).toBe(1);
    expect(ill.stdout).toMatch(/^✗ bad {6}indexes +Missing: idempotency_keys_expiry\n +→ create index /m);
    const { status, findings } = JSON.parse((await runCli(["doctor", "--json"], onDatabase())).stdout);
    expect(status).toBe("bad");
    expect(findings).toContainEqual(expect.objectContaining({ check: "indexes", status: "bad" }));
    await opened.db.query("create index idempotency_keys_expiry on tidings.idempotency_keys (expires_at)");
  });

  test("a config file gives database and definitions", async () => {
    const moduleOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const config = join(directory, "tidings.config.mts");
    await writeFile(
      config,
      `import { Pool } from ${JSON.stringify(import.meta.resolve("pg"))};
       import { createTidings } from ${moduleOf("../index.ts")};
       import { pg } from ${moduleOf("../db/pg.ts")};
       import * as events from ${JSON.stringify(EVENTS_FILE)};
       const name: string = ${JSON.stringify(opened.url)};
       export const tidings = createTidings({ db: pg(new Pool({ connectionString: name })), events });`,
    );
    try {
      const record = await spawnCli([...RECORD_MOVED, "--account", "configured"], { cwd: directory });
      expect(record).toMatchObject({ code: 0, stderr: "" });
      expect(await tidings.events.count({ account: "configured" })).toBe(1);
    } finally {
      await rm(config);
    }
  });

  describe("through a running app", () => {
    const server = createServer((request, response) => void listener(request, response));
    let listener: ReturnType<typeof getRequestListener>;
    let address: string;
    beforeAll(async () => {
      const served = createTidings({
        db: opened.db,
        events,
        http: {
          basePath: "/tidings",
          authorize: (request) =>
            request.headers.get("authorization") === "Bearer right"
              ? { account: "served", actor: ann, role: "operator" }
              : null,
        },
      });
      listener = getRequestListener(served.handler);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tidings`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    const onServer = (...args: string[]) => [...args, "--server", address, "--token", "right"];

    test("record, tail and doctor work without a database of their own", async () => {
      const recorded = await runCli(onServer(...RECORD_MOVED));
      expect(recorded).toMatchObject({ code: 0, stdout: expect.stringMatching(/^recorded card\.moved /) });
      const tail = startCli(onServer("tail", "--after", "0", "--types", "card.*", "--json"));
      expect(JSON.parse(await tail.nextLine())).toMatchObject({
        text: "Ann moved Fix = mend from To do to Doing",
      });
      await tidings.record(moved("served", "Next"));
      expect(JSON.parse(await tail.nextLine())).toMatchObject({ text: "Ann moved Next from To do to Doing" });
      expect(await tail.interrupt()).toBe(0);
      const recent = await runCli(onServer("tail", "--since", "10m", "--limit", "2", "--json"));
      const items = recent.stdout.trim().split("\n");
      expect(items.map((line) => JSON.parse(line).text)).toEqual([
        "Ann moved Fix = mend from To do to Doing",
        "Ann moved Next from To do to Doing",
      ]);
      const doctor = await runCli(onServer("doctor"));
      expect(doctor).toMatchObject({ code: 0, stdout: expect.stringMatching(/^✓ fine {5}health /m) });
      // What it finds on the database, webhooks included, and what only the app's process knows.
      for (const check of ["sequencer", "webhooks", "tracking"])
        expect(doctor.stdout).toMatch(new RegExp(`^✓ fine {5}${check} `, "m"));
    });

    test("a batch tells what the server refused", async () => {
      const stdin = [
        '{"type":"card.closed","subject":"card:5"}',
        '{"type":"card.clsed","subject":"card:5"}',
      ].join("\n");
      const { code, stdout } = await runCli(onServer("record", "--batch", "--json"), { stdin });
      expect(code).toBe(1);
      expect(
        stdout
          .trim()
          .split("\n")
          .map((text) => JSON.parse(text)),
      ).toEqual([
        { line: 1, ok: true, id: expect.any(String) },
        { line: 2, ok: false, code: "UNKNOWN_TYPE", message: expect.any(String) },
      ]);
    });

    test("a wrong token and a wrong address are told apart", async () => {
      const wrongToken = await runCli(["tail", "--server", address, "--token", "wrong"]);
      expect([wrongToken.code, wrongToken.stderr]).toEqual([
        1,
        expect.stringContaining("answered 401: UNAUTHORIZED"),
      ]);
      const wrongPath = await runCli([
        "record",
        "card.closed",
        "--subject",
        "card:1",
        "--server",
        `${address}/x`,
        "--token",
        "right",
      ]);
      expect([wrongPath.code, wrongPath.stderr]).toEqual([1, expect.stringContaining("answered 404")]);
    });
  });
});

describe("on a PGlite directory", () => {
  test("refuses while another process has it open, then records and shows", async () => {
    const data = join(directory, "pglite");
    const onDirectory = ["--account", "acme", "--pglite", data, "--events", EVENTS_FILE];
    const template = await createTestPglite();
    const open = await PGlite.create({
      dataDir: data,
      loadDataDir: await template.client.dumpDataDir("none"),
    });
    try {
      const refused = await runCli([...RECORD_MOVED, ...onDirectory]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/^error DATA_DIRECTORY_IN_USE .*--server URL/);
    } finally {
      await open.close();
      await template.drop();
    }
    expect(await runCli([...RECORD_MOVED, ...onDirectory])).toMatchObject({ code: 0 });
    const tail = await runCli(["tail", "--after", "0", "--limit", "1", ...onDirectory]);
    expect(tail).toMatchObject({ code: 0, stdout: expect.stringContaining("Ann moved Fix = mend") });

    // What a config file opens is closed as well: a command that left it marked as open would keep out the next one.
    const config = join(directory, "pglite.config.mts");
    const moduleOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    await writeFile(
      config,
      `import { PGlite } from ${JSON.stringify(import.meta.resolve("@electric-sql/pglite"))};
       import { createTidings } from ${moduleOf("../index.ts")};
       import { pglite } from ${moduleOf("../db/pglite.ts")};
       import * as events from ${JSON.stringify(EVENTS_FILE)};
       globalThis.timesLoaded = (globalThis.timesLoaded ?? 0) + 1;
       export const tidings = createTidings({ db: pglite(await PGlite.create(${JSON.stringify(data)})), events });`,
    );
    const configured = await runCli([
      "tail",
      "--account",
      "acme",
      "--after",
      "0",
      "--limit",
      "1",
      "--config",
      config,
    ]);
    expect(configured).toMatchObject({ code: 0, stdout: tail.stdout });
    expect(await readdir(data)).not.toContain("postmaster.pid");
    // Twice would have opened the directory twice at a time.
    expect(globalThis).toMatchObject({ timesLoaded: 1 });
  }, 120_000);
});
