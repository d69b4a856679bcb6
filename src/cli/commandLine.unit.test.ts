import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EVENTS_FILE, runCli, spawnCli } from "../../test/support/cli.ts";

const POOR_EVENTS_FILE = EVENTS_FILE.replace("cliEvents", "cliPoorEvents");

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tidings-cli-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const commands = [
  "dev",
  "migrate",
  "tail",
  "record",
  "generate docs",
  "generate view",
  "generate webhook-types",
  "check",
  "check versions",
  "doctor",
];

describe("tidings", () => {
  test("lists its commands, alone and with --help, and its version", async () => {
    const [alone, help, version] = await Promise.all([
      spawnCli([]),
      spawnCli(["--help"]),
      spawnCli(["--version"]),
    ]);
    expect(alone).toEqual({ ...help, code: 0, stderr: "" });
    expect(await runCli(["help"])).toEqual(alone);
    expect(await runCli(["help", "tail"])).toEqual(await runCli(["tail", "--help"]));
    expect(await runCli(["--version"])).toEqual(version);
    for (const command of commands) expect(alone.stdout).toContain(`  ${command} `);
    const { version: own } = JSON.parse(
      await readFile(new URL("../../package.json", import.meta.url), "utf8"),
    );
    expect(version.stdout).toBe(`${own}\n`);
  });

  test.each(commands)("explains %s: usage, options, examples, exit codes", async (command) => {
    const { code, stdout } = await runCli([...command.split(" "), "--help"]);
    expect(code).toBe(0);
    for (const heading of ["Usage", "Options", "Examples", "Exit codes"])
      expect(stdout).toContain(`\n${heading}\n`);
    expect(stdout).toContain(`tidings ${command} `);
    expect(stdout).toContain("--json");
    expect(stdout).not.toContain("\u001b");
  });

  test.each([
    [["tial"], 'There is no command "tial". Did you mean "tidings tail"?'],
    [["generate"], "tidings generate docs, tidings generate view, tidings generate webhook-types"],
    [["webhooks", "tst"], 'There is no command "webhooks tst". Did you mean "tidings webhooks test"?'],
    [["webhooks", "foo"], 'There is no command "webhooks foo". There are: tidings webhooks listen'],
    [["--account", "a", "tail"], "Write: tidings COMMAND --account"],
    [["tail", "--acount", "acme"], "There is no option --acount. Did you mean --account? See: tidings tail"],
    [["tail", "-q"], "There is no option -q. See"],
    [["tail", "--account"], "--account needs a value: --account A. See"],
    [["tail", "--account", "a", "--limit", "-1"], "--limit needs a value: --limit N. One that begins with"],
    [["tail", "--account", "a", "--json=yes"], "--json takes no value"],
    [
      ["tail", "--account", "a", "--of", "card"],
      '--of must be an entity, type:id, such as card:1; not "card"',
    ],
    [["replay", "--dry-run", "--subject", "card"], "--subject must be an entity"],
    [["migrate", "--schema", "a-b"], "--schema must be 1 to 48 characters"],
    [["generate", "webhook-types", "--payload-version", "0"], "--payload-version begins at 1"],
    [["tail"], "--account A is missing"],
    [["tail", "more"], '"more" is one word too many'],
    [["tail", "--account", "a", "--lanes", "fast"], '"fast" is none of domain'],
    [["tail", "--account", "a", "--limit", "many"], "--limit must be a whole number"],
    [["tail", "--server", "localhost"], "must be an http(s) address"],
    [
      ["tail", "--server", "http://localhost", "--since", "2h", "--after", "0"],
      "--after or --since, not both",
    ],
    [["tail", "--server", "http://localhost", "--since", "soon"], "--since must be a time"],
    [["tail", "--server", "http://localhost", "--account", "a"], "--account does not go with --server"],
    [["record"], "TYPE is missing"],
    [["record", "--batch", "--key", "1"], "--key does not go with --batch"],
    [["generate", "view"], "Pass a TYPE, or --all"],
    [["webhooks"], "tidings webhooks listen, tidings webhooks endpoints"],
    [["webhooks", "listen", "--fail", "200"], "--fail must be a status from 300 to 599, timeout or reset"],
    [["webhooks", "listen", "--times", "2"], "--times goes with --fail"],
    [["webhooks", "listen", "--port", "70000"], "--port 70000 is above 65535"],
    [["webhooks", "listen", "--secret", "hunter2"], "--secret must be what the endpoint shows"],
    [["webhooks", "endpoints"], "--account A is missing"],
    [
      ["webhooks", "endpoints", "--account", "a", "--server", "http://localhost"],
      "--account does not go with",
    ],
    [["webhooks", "test"], "ENDPOINT is missing"],
    [["webhooks", "resend"], "DELIVERY is missing"],
    [["webhooks", "recover", "ep_1", "--account", "a"], "--since TIME is missing"],
    [["generate", "docs", "--check"], "--out FILE is missing"],
    [["doctor", "--pglite", "a", "--database-url", "b"], "not both"],
  ])("refuses %j with exit code 2 and says why", async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(/^error USAGE /);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("explains a group of commands", async () => {
    const { code, stdout } = await runCli(["generate", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Commands\n {2}generate docs /);
    expect(stdout).not.toContain("migrate");
    expect(await runCli(["help", "generate"])).toEqual({ code, stdout, stderr: "" });
  });

  test("fits its help into a narrow terminal, but for what is there to be copied", async () => {
    const { stdout } = await runCli(["tail", "--help"], { env: { COLUMNS: "40" } });
    const tooLong = stdout.split("\n").filter((line) => line.length > 40);
    expect(tooLong.filter((line) => !line.startsWith("  tidings tail "))).toEqual([]);
    expect(stdout).toContain("\n  --account A\n      Whose events.");
  });

  test("gives errors as JSON when asked for JSON", async () => {
    const { code, stderr } = await spawnCli(["doctor", "--json"], { cwd: directory });
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error).toMatchObject({ code: "DATABASE_URL_MISSING" });
  });

  test("says where it could not connect, without the password", async () => {
    const url = "postgres://app:secret@127.0.0.1:1/shop";
    const { code, stderr } = await runCli(["doctor"], { env: { DATABASE_URL: url } });
    expect(code).toBe(1);
    expect(stderr).toContain("error DATABASE_UNREACHABLE 127.0.0.1:1/shop");
    expect(stderr).not.toContain("secret");
  });

  test("takes a URL without a host for a socket, as pg does", async () => {
    const url = `postgres://app:secret@/shop?host=${directory}`;
    const { code, stderr } = await runCli(["doctor", "--database-url", url]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error DATABASE_UNREACHABLE .*\.s\.PGSQL\./)]);
    expect(stderr).not.toContain("secret");
  });

  test.each([
    "shop",
    "mysql://localhost/shop",
    "postgres://app:se#cret@localhost/shop",
    "postgres://app:12#cret@localhost/shop",
    "postgres://app:12/cret@localhost/shop",
    "postgres://app:12?cret@localhost/shop",
    "postgres://app:se@12/cret@localhost/shop",
  ])("says how a database URL is written instead of %s", async (url) => {
    const { code, stderr } = await runCli(["doctor", "--database-url", url]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error DATABASE_URL_INVALID .*postgres:\/\/USER:PASSWORD@HOST:5432\/DATABASE/);
    expect(stderr).not.toMatch(/cret|12/);
  });

  test("makes a PGlite directory only to migrate it, and not among other files", async () => {
    const missing = join(directory, "misspelt");
    const { code, stderr } = await runCli(["doctor", "--pglite", missing]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error DATA_DIRECTORY_MISSING .*tidings migrate/),
    ]);
    expect(existsSync(missing)).toBe(false);
    const full = await mkdtemp(join(directory, "full-"));
    await writeFile(join(full, "events.ts"), "");
    const refused = await runCli(["migrate", "--pglite", full]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("holds other files")]);
    expect(await readdir(full)).toEqual(["events.ts"]);
  });

  test("says which file it cannot write", async () => {
    const file = join(directory, "nowhere", "events.md");
    const { code, stderr } = await runCli(["generate", "docs", "--events", EVENTS_FILE, "--out", file]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error FILE_REFUSED .*nowhere.events\.md/)]);
  });

  test("tells what a command failed of, and not that closing its database failed then, too", async () => {
    const configOf = async (name: string, query: string) => {
      const file = join(directory, name);
      const close = "close: () => Promise.reject(new Error('not to be closed'))";
      await writeFile(
        file,
        `export * as events from ${JSON.stringify(EVENTS_FILE)};
         export const db = { driver: "pglite", concurrent: false, adopt: () => undefined, query: ${query}, ${close} };`,
      );
      return file;
    };
    const failing = await configOf("failing.mts", "() => Promise.reject(new Error('the disk is full'))");
    const failed = await runCli(["projections", "--config", failing]);
    expect(failed).toEqual({ code: 1, stdout: "", stderr: "error UNEXPECTED the disk is full\n" });
    const unclosed = await runCli(["check", "--config", await configOf("closing.mts", "undefined")]);
    expect(unclosed).toMatchObject({ code: 1, stderr: "error UNEXPECTED not to be closed\n" });
  });

  test("says where no server answers", async () => {
    const { code, stderr } = await runCli(["doctor", "--server", "http://127.0.0.1:1/tidings"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error SERVER_UNREACHABLE http://127.0.0.1:1/tidings");
  });

  test("says what it looks for when nothing names the definitions", async () => {
    const { code, stderr } = await spawnCli(["check"], { cwd: directory });
    expect(code).toBe(1);
    expect(stderr).toContain("error CONFIG_MISSING");
    const missing = await runCli(["check", "--events", "nowhere.ts"]);
    expect(missing.stderr).toContain("error CONFIG_MISSING nowhere.ts");
    const file = join(directory, "empty.mjs");
    await writeFile(file, "export const answer = 42;");
    const throwing = join(directory, "throwing.mjs");
    await writeFile(throwing, "\nthrow new Error('APP_URL is not set');");
    const thrown = await runCli(["check", "--events", throwing]);
    const why = "could not be loaded: APP_URL is not set (at ";
    expect([thrown.code, thrown.stderr]).toEqual([
      1,
      expect.stringContaining(`error CONFIG_INVALID ${throwing} ${why}`),
    ]);
    const empty = await runCli(["check", "--events", file]);
    expect(empty.stderr).toContain(`error CONFIG_INVALID ${file}`);
  });

  test.each(["never.mts", "never.mjs"])("says that %s awaits what never comes", async (name) => {
    const file = join(directory, name);
    await writeFile(file, "await new Promise(() => {}); export const events = {};");
    const { code, stdout, stderr } = await spawnCli(["check", "--config", file, "--json"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "CONFIG_INVALID",
        message: expect.stringContaining(`${file} was not loaded: it, or what it imports, awaits`),
      },
    });
  });

  test("keeps what the app's modules say out of the results", async () => {
    await writeFile(join(directory, "imported.mjs"), 'console.info("imported"); console.table([[1]]);');
    const talking = join(directory, "talking.mjs");
    const text = `import "./imported.mjs"; console.log("loaded"); console.debug("ready");
      export * from ${JSON.stringify(EVENTS_FILE)};`;
    await writeFile(talking, text);
    const { code, stdout, stderr } = await spawnCli(["check", "--config", talking, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ errors: 0 });
    expect(stderr).toMatch(/^imported\n[^]*index[^]*\nloaded\nready\n$/);
  });
});

describe("tidings check", () => {
  test("prints each problem and fails for errors, and for warnings when strict", async () => {
    const [poor, good, strict] = await Promise.all([
      runCli(["check", "--events", POOR_EVENTS_FILE]),
      runCli(["check", "--events", EVENTS_FILE, "--json"]),
      runCli(["check", "--events", EVENTS_FILE, "--strict"]),
    ]);
    expect(poor.code).toBe(1);
    expect(poor.stdout).toMatch(/error +card\.priced +its example is refused: data\.amount: /);
    expect(poor.stdout).toMatch(/warning +card\.updated +"updated" does not say what happened/);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ types: 3, errors: 0, warnings: 2 });
    expect(strict.code).toBe(1);
  });
});

describe("tidings generate docs", () => {
  test("writes the same page each time, and notices when it is out of date", async () => {
    const page = join(directory, "events.md");
    const generate = (...more: string[]) => runCli(["generate", "docs", "--events", EVENTS_FILE, ...more]);
    const { stdout } = await generate();
    expect((await generate("--out", page)).code).toBe(0);
    expect(await readFile(page, "utf8")).toBe(stdout);
    expect((await generate("--out", page, "--check")).code).toBe(0);
    await writeFile(page, stdout.replace("A card went", "A card came"));
    const stale = await generate("--out", page, "--check");
    expect(stale.code).toBe(1);
    expect(stale.stderr).toContain("error OUT_OF_DATE");
  });

  test("tells meaning, sentence, roles, fields, example, versions and older names of each type", async () => {
    const { stdout } = await runCli(["generate", "docs", "--events", EVENTS_FILE]);
    const [moved] = /## card\.moved[^]*?(?=\n## )/.exec(stdout)!;
    for (const part of [
      "A card went from one column to another.",
      "> Ann moved Card 1 from Column 1 to Column 2",
      "Version 2 · lane domain · icon `arrow-right` · once called `card_moved`.",
      "| `from` | `column` |",
      "| `position` | whole number, at least 0 |",
      "| `reason` | text, at most 80 characters | optional |",
      '"position": ',
      "Version 1, which is read as version 2:",
      "| `index` | whole number |",
    ]) {
      expect(moved).toContain(part);
    }
    // What would end a table cell is escaped.
    expect(stdout).toContain("Others may see a card: people \\| teams.");
  });
});

describe("tidings generate view", () => {
  test("prints one migration, or writes one file for each type", async () => {
    const one = await runCli([
      "generate",
      "view",
      "card_moved",
      "--events",
      EVENTS_FILE,
      "--index",
      "position",
    ]);
    expect(one.stdout).toContain("create view tidings_views.card_moved with (security_invoker = true)");
    expect(one.stdout).toContain("create index if not exists events_card_moved_position");
    const all = await runCli([
      "generate",
      "view",
      "--all",
      "--events",
      EVENTS_FILE,
      "--out",
      directory,
      "--json",
    ]);
    const { views } = JSON.parse(all.stdout) as { views: { file: string }[] };
    expect(views).toHaveLength(3);
    for (const { file } of views)
      expect(await readFile(file, "utf8")).toContain("create view tidings_views.");
  });

  test("suggests the type that was probably meant", async () => {
    const { code, stderr } = await runCli(["generate", "view", "card.movd", "--events", EVENTS_FILE]);
    expect(code).toBe(1);
    expect(stderr).toContain('error UNKNOWN_TYPE "card.movd" (did you mean "card.moved"?)');
  });
});

describe("tidings generate webhook-types", () => {
  test("writes the same file each time, and notices when it is out of date", async () => {
    const file = join(directory, "webhooks.ts");
    const generate = (...more: string[]) =>
      runCli(["generate", "webhook-types", "--events", EVENTS_FILE, ...more]);
    const { stdout } = await generate();
    expect(stdout).toContain("export type WebhookEvent =\n  | CardClosed");
    expect((await generate("--out", file)).code).toBe(0);
    expect(await readFile(file, "utf8")).toBe(stdout);
    expect((await generate("--out", file, "--check")).code).toBe(0);
    await writeFile(file, stdout.replace("CardClosed", "CardOpened"));
    const stale = await generate("--out", file, "--check");
    expect(stale.code).toBe(1);
    expect(stale.stderr).toContain("error OUT_OF_DATE");
  });
});
