import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCli } from "../../test/support/cli.ts";

const besideThis = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test("every version that the accounts ever published is read by its action or by a route", async () => {
  const { code, stdout } = await runCli([
    ...["check", "versions", "--config", besideThis("tidings.config.ts")],
    ...["--file", besideThis("tidings.versions.json")],
  ]);
  expect(code, stdout).toBe(0);
});
