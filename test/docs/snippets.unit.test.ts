import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// Every block marked `ts` in the README and in docs/ is a program that must compile against src/. Three rules:
// - A block is a module of its own. If it begins with a comment that names a file (`// events.ts`), the other blocks of
//   the page can import it.
// - `<!-- preamble … -->`, anywhere on the page, is a program that no reader sees. What it exports is there in every block
//   that does not declare the name itself, and wherever a block imports a file that the page does not show.
// - `tidings` and its subpaths are the sources; otherPackages.d.ts stands for frameworks that are not installed here.

const root = join(import.meta.dirname, "../..");
const pagesIn = (folder: string) =>
  readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".md") ? [`${folder}/${name}`] : []));
const pages = ["README.md", ...pagesIn("docs"), ...pagesIn("docs/guides")];

let folder: string;
let complaints: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidings-docs-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(compilerSettings()));
  copyFileSync(join(import.meta.dirname, "otherPackages.d.ts"), join(folder, "otherPackages.d.ts"));
  for (const page of pages) {
    for (const { path, code } of programsOf(page)) writeFileSync(join(folder, path), code);
  }
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  complaints = await promisify(execFile)(process.execPath, [compiler, "-p", folder], { cwd: folder }).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(pages)("every program in %s compiles", (page) => {
  const ofPage = complaints.split(/\n(?=\S)/).filter((complaint) => complaint.startsWith(prefixOf(page)));
  expect(ofPage.join("\n")).toBe("");
});

test("the compiler found nothing to say but about pages", () => {
  const prefixes = pages.map(prefixOf);
  const others = complaints
    .split(/\n(?=\S)/)
    .filter((complaint) => complaint !== "" && !prefixes.some((prefix) => complaint.startsWith(prefix)));
  expect(others.join("\n")).toBe("");
});

test("the pages that teach by programs have some", () => {
  for (const page of ["README.md", "docs/events.md", "docs/feeds.md", ...pagesIn("docs/guides")]) {
    expect(programsOf(page).length, page).toBeGreaterThan(1);
  }
});

/** `docs/guides/hono.md` as `guides.hono`: the programs of a page are named `guides.hono.line12.ts`. */
function prefixOf(page: string): string {
  return `${page
    .replace(/^docs\//, "")
    .replace(/\.md$/, "")
    .replaceAll("/", ".")}.`;
}

function programsOf(page: string): { path: string; code: string }[] {
  const text = readFileSync(join(root, page), "utf8");
  const prefix = prefixOf(page);
  const preamble = /<!-- preamble\n([\s\S]*?)-->/.exec(text)?.[1];
  const exported = namesExportedBy(preamble ?? "");
  const files = new Set([...text.matchAll(/^```ts\n\/\/ ([\w-]+\.ts)\b/gm)].map(([, file]) => file));
  const local = (code: string) =>
    code.replaceAll(
      /(from |import\()"(?:@|\.{1,2}(?:\/\.\.)*)\/(?:[\w-]+\/)*([\w-]+)(?:\.ts)?"/g,
      (_, how: string, name: string) =>
        `${how}"./${prefix}${files.has(`${name}.ts`) ? name : "preamble"}.ts"`,
    );
  const programs = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(({ index, 1: code = "" }) => {
    const line = text.slice(0, index).split("\n").length + 1;
    const file = /^\/\/ ([\w-]+\.ts)\b/.exec(code)?.[1];
    const given = exported.filter((name) => !declares(code, name));
    const imports = given.length === 0 ? "" : `import { ${given.join(", ")} } from "./preamble.ts";`;
    return { path: `${prefix}${file ?? `line${line}.ts`}`, code: local(`${imports} ${code}`) };
  });
  if (preamble !== undefined) programs.push({ path: `${prefix}preamble.ts`, code: local(preamble) });
  return programs;
}

/** Of `export const a`, `export function b`, `export declare const c` and `export { d, e } from …`. */
function namesExportedBy(code: string): string[] {
  const declared = [...code.matchAll(/^export (?:declare )?(?:const|function) (\w+)/gm)].map(
    ([, name]) => name!,
  );
  const passedOn = [...code.matchAll(/^export \{([^}]*)\} from/gm)].flatMap(([, names]) => names!.split(","));
  return [...declared, ...passedOn.map((name) => name.trim())];
}

function declares(code: string, name: string): boolean {
  return new RegExp(
    `(?:const|let|using|function|class) ${name}\\b|import [^;]*\\b${name}\\b[^;]*from|const \\{[^}]*\\b${name}\\b[^}]*\\} =`,
  ).test(code);
}

function compilerSettings() {
  const source = (path: string) => [join(root, "src", path)];
  return {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      moduleDetection: "force",
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      paths: {
        tidings: source("index.ts"),
        "tidings/pg": source("db/pg.ts"),
        "tidings/pglite": source("db/pglite.ts"),
        "tidings/testing": source("testing/index.ts"),
      },
    },
    include: [join(folder, "*.ts")],
    exclude: [],
  };
}
