// Compiles src/ to dist/, puts migrations and styles beside the modules that they belong to, and builds the pages that http/ serves.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
// Apart, because what runs in browsers knows the DOM and not Node.
for (const project of ["tsconfig.build.json", "src/react/tsconfig.build.json"]) {
  const tsc = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}${project}`],
    { stdio: "inherit" },
  );
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}
cpSync(`${root}src/db/migrations`, `${root}dist/db/migrations`, { recursive: true });
writeFileSync(`${root}dist/react/styles.css`, oneStylesheet(`${root}src/react/`));
cpSync(`${root}src/react/styles.css.d.ts`, `${root}dist/react/styles.css.d.ts`);
const vite = spawnSync(
  process.execPath,
  [`${root}node_modules/vite/bin/vite.js`, "build", `${root}dashboard`, "--logLevel", "warn"],
  { stdio: "inherit" },
);
if (vite.status !== 0) process.exit(vite.status ?? 1);
chmodSync(`${root}dist/cli/main.js`, 0o755);

/** Imports of stylesheets cost a request each where no bundler is. */
function oneStylesheet(folder) {
  const importing = readFileSync(`${folder}styles.css`, "utf8");
  return importing.replace(/@import "(.+)";/g, (_, path) => readFileSync(`${folder}${path}`, "utf8"));
}
