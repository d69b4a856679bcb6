import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

test("every program of docs/react.md compiles in an app for browsers", { timeout: 120_000 }, async () => {
  const page = readFileSync(join(root, "docs/react.md"), "utf8");
  const programs = [...page.matchAll(/^```tsx\n([\s\S]*?)^```/gm)].map(([, code]) => code!);
  expect(programs.length).toBeGreaterThan(7);
  const folder = mkdtempSync(join(tmpdir(), "tidings-react-docs-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  programs.forEach((code, index) => writeFileSync(join(folder, `program${index}.tsx`), code));
  const compilerOptions = {
    paths: {
      "tidings/react": [join(root, "src/react/index.ts")],
      "tidings/react/styles.css": [join(root, "src/react/styles.css.d.ts")],
    },
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "src/react/tsconfig.json"),
      compilerOptions,
      include: ["*"],
      exclude: [],
    }),
  );
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const complaints = await promisify(execFile)(process.execPath, [compiler, "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  rmSync(folder, { recursive: true });
  expect(complaints).toBe("");
});
