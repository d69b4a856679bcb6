import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCli } from "../../test/support/cli.ts";

const besideThis = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test("every version that the board ever published stays readable, and every one is in its file", async () => {
  const { code, stdout } = await runCli([
    ...["check", "versions", "--events", besideThis("definitions.ts")],
    ...["--file", besideThis("tidings.versions.json")],
  ]);
  expect(code, stdout).toBe(0);
});
