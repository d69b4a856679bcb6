import { readFileSync } from "node:fs";

/** What bench/package.json pins. */
export function peerVersions(): { emmett: string; graphileWorker: string; pgBoss: string } {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
    dependencies: { [name: string]: string };
  };
  return {
    emmett: dependencies["@event-driven-io/emmett-postgresql"]!,
    graphileWorker: dependencies["graphile-worker"]!,
    pgBoss: dependencies["pg-boss"]!,
  };
}
