// `npm test`: everything that must hold, in the order in which it fails fastest. Ends at the first failure.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installOnce } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
installOnce();
installOnce("bench");
installOnce("test/react18");

step("format", "npx", ["prettier", "--check", "--log-level", "warn", "."]);
step("lint", "npm", ["run", "--silent", "lint"]);
step("types", "npm", ["run", "--silent", "types"]);
step("build", "npm", ["run", "--silent", "build"]);
step("package", "npx", ["publint", "--strict"]);
step("package types", "npx", ["attw", "--pack", "--profile", "esm-only", "--quiet"]);
step("tests", "npx", ["vitest", "run", "--coverage", ...process.argv.slice(2)]);

function step(name, command, args) {
  const started = Date.now();
  console.log(`\n▸ ${name}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`✗ ${name} failed`);
    process.exit(status ?? 1);
  }
  console.log(`✓ ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
