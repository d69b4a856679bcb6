import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCli } from "../../test/support/cli.ts";

const besideThis = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test("every version that the accounts ever published is read by its action or by a route", async () => {
  const config = ["--config", besideThis("tidings.config.ts")];
  const file = ["--file", besideThis("tidings.versions.json")];
  const { code, stdout } = await runCli(["check", "versions", ...config, ...file]);
  expect(code, stdout).toBe(0);
});
