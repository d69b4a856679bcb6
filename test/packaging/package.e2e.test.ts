import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile, readdir, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
let app: string;
let installed: string;

/** An empty project with the packed tarball in it; its dependencies are the ones of this checkout. */
beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), "tidings-app-"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", app], { cwd: root });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ filename: string }];
  await writeFile(join(app, "package.json"), JSON.stringify({ type: "module" }));
  await mkdir(join(app, "node_modules"));
  for (const name of await readdir(join(root, "node_modules"))) {
    await symlink(join(root, "node_modules", name), join(app, "node_modules", name));
  }
  installed = join(app, "node_modules", "tidings");
  await mkdir(installed);
  await run("tar", ["-xzf", join(app, filename), "-C", installed, "--strip-components=1"]);
}, 120_000);

afterAll(() => rm(app, { recursive: true, force: true }));

interface Manifest {
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
}
const manifest = async () => JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as Manifest;

describe("the packed package", () => {
  test("every exports path can be imported", async () => {
    const paths = Object.keys((await manifest()).exports).filter((path) => !/\.(json|css)$/.test(path));
    expect(paths).toContain(".");
    const program = paths.map((path) => `await import(${JSON.stringify(join("tidings", path))});`).join("\n");
    await writeFile(join(app, "imports.mjs"), program);
    await run(process.execPath, ["imports.mjs"], { cwd: app });
  });

  test("holds the migrations, and neither tests nor TypeScript sources", async () => {
    const files = await readdir(installed, { recursive: true });
    expect(files).toContain("dist/db/migrations/0001_tables.sql");
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.tsx?$/.test(file))).toEqual([]);
  });

  test("the command answers", async () => {
    const { stdout } = await run(
      process.execPath,
      [join(installed, (await manifest()).bin["tidings"]!), "--help"],
      { cwd: app },
    );
    expect(stdout).toContain("migrate");
  });

  test("the README's first program runs and prints what the README says", async () => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const program = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    await writeFile(join(app, "first.ts"), program);
    const { stdout } = await run(process.execPath, ["--import", "tsx", "first.ts"], { cwd: app });
    const promised = [...program.matchAll(/^\/\/ (.+)$/gm)].map(([, line]) => line);
    expect(promised.length).toBeGreaterThan(0);
    expect(stdout.trim().split("\n")).toEqual(promised);
  });
});
