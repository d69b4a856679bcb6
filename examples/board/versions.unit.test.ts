import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCli } from "../../test/support/cli.ts";

const besideThis = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test("every version that the board ever published stays readable, and every one is in its file", async () => {
  const definitions = ["--events", besideThis("definitions.ts")];
  const file = ["--file", besideThis("tidings.versions.json")];
  const { code, stdout } = await runCli(["check", "versions", ...definitions, ...file]);
  expect(code, stdout).toBe(0);
});
