import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EVENTS_FILE, runCli, spawnCli } from "../../test/support/cli.ts";

let directory: string;
let file: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tidings-versions-"));
  file = join(directory, "tidings.versions.json");
});
beforeEach(() => rm(file, { force: true }));
afterAll(() => rm(directory, { recursive: true, force: true }));

const check = (...more: string[]) =>
  runCli(["check", "versions", "--events", EVENTS_FILE, "--file", file, ...more]);

/** As if something else had been published. */
async function rewrite(from: string, to: string): Promise<void> {
  const before = await readFile(file, "utf8");
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await writeFile(file, after);
}

describe("tidings check versions", () => {
  test("fails for what is new until --update publishes it, and is content then", async () => {
    const first = await check();
    expect(first.code).toBe(1);
    expect(first.stdout).toContain("new    card.moved 1\nnew    card.moved 2\n");
    expect(first.stdout).toContain("--update");
    const update = await check("--update");
    expect(update).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("added  card.moved 2") as string,
    });
    expect(await check()).toMatchObject({ code: 0, stdout: `${file}: 4 published\n` });
  });

  test("writes the same file for the same definitions, each version with its shape and a payload", async () => {
    await check("--update");
    const written = await readFile(file, "utf8");
    expect(JSON.parse(written)).toMatchObject({
      published: { "card.moved": { 1: { shape: { type: "object" }, golden: { index: 1, reason: 1 } } } },
    });
    await check("--update");
    expect(await readFile(file, "utf8")).toBe(written);
  });

  test("fails with the places where a published shape changed, and --update does not cover it up", async () => {
    await check("--update");
    await rewrite('"maxLength": 80', '"maxLength": 90');
    const changed = await check("--update");
    expect(changed.code).toBe(1);
    expect(changed.stdout).toContain("error  card.moved 2  is published, and its shape changed");
    expect(changed.stdout).toContain("~ reason.maxLength  90 → 80\n");
    expect(await readFile(file, "utf8")).toContain('"maxLength": 90');
    const { code, stdout } = await check("--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      written: false,
      problems: [
        {
          type: "card.moved",
          version: 2,
          rule: "shape_changed",
          changes: [{ path: "reason.maxLength", published: 90, present: 80 }],
        },
      ],
      unpublished: [],
    });
  });

  test("fails when a golden payload, here a real one by hand, does not read as the present version", async () => {
    await check("--update");
    await rewrite('"index": 1', '"index": -7');
    expect(await check()).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /card\.moved 1 {2}does not read as version 2 any more: position: /,
      ) as string,
    });
  });

  test("--forget takes out one version by name, so that unreleased work can change again", async () => {
    await check("--update");
    await rewrite('"maxLength": 80', '"maxLength": 90');
    expect(await check("--update", "--forget", "card.moved@2")).toMatchObject({ code: 0 });
    expect(await check()).toMatchObject({ code: 0 });
    for (const [args, message] of [
      [["--forget", "card.moved@2"], "--forget goes with --update"],
      [["--update", "--forget", "card.moved@9"], "holds no such version"],
      [["--update", "--forget", "card.moved"], "holds no such version"],
    ] as const) {
      expect(await check(...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(message) as string,
      });
    }
  });

  test("refuses a file that a merge has torn", async () => {
    await writeFile(file, "<<<<<<< ours\n{}");
    expect(await check()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("CONFIG_INVALID") as string,
    });
  });

  test("is part of tidings check where the file lies in the folder", async () => {
    await check("--update");
    await rewrite('"index": 1', '"index": -7');
    const { code, stdout } = await spawnCli(["check", "--events", EVENTS_FILE], { cwd: directory });
    expect(code).toBe(1);
    expect(stdout).toMatch(/error +card\.moved +version 1 does not read as version 2 any more/);
  });
});
