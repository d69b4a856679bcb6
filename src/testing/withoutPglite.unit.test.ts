import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** As Node resolves it where the package is not installed. */
const withoutPglite = `
export async function resolve(name, context, next) {
  if (name !== "@electric-sql/pglite") return next(name, context);
  throw Object.assign(new Error("Cannot find package '@electric-sql/pglite'"), { code: "ERR_MODULE_NOT_FOUND" });
}`;

const program = `
import { register } from "node:module";
register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(withoutPglite)}`)});
const kit = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
const refused = await kit.createTestTidings({ events: {} }).catch((error) => error);
console.log(JSON.stringify([typeof kit.expectRecorded, typeof kit.nextEvent, refused.code, refused.message]));`;

test("without PGlite the kit loads for an app's own database, and createTestTidings says what to install", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", program],
    { cwd: import.meta.dirname },
  );
  const [expectRecorded, nextEvent, code, message] = JSON.parse(stdout) as string[];
  expect([expectRecorded, nextEvent, code]).toEqual(["function", "function", "PGLITE_MISSING"]);
  expect(message).toContain("npm install --save-dev @electric-sql/pglite");
}, 60_000);
