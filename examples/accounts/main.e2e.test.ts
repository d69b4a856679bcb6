import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test(
  "the story runs to its end: the replay is the same, sends nothing, and repairs",
  { timeout: 120_000 },
  async () => {
    const main = join(import.meta.dirname, "main.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", main]);
    expect(stdout).toContain("1 × user.create v2 to person.create, login.add");
    expect(stdout.match(/\d+ same, \d+ not/g)).toHaveLength(5);
    expect(stdout).not.toMatch(/same, [1-9]/);
    expect(stdout).toContain("mails sent by it: 0");
    expect(stdout).toMatch(/Ada's password is right again: session of [-0-9a-f]{36}\n$/);
  },
);
