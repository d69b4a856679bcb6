import type { Database } from "../../db/database.ts";
import { orphanedScratches } from "../../db/orphanedScratches.ts";
import { quoteIdentifier } from "../../db/schema.ts";
import type { Finding } from "./finding.ts";
import { amount, duration } from "./words.ts";

const SHOWN = 20;

/** Databases that replays were compared in, and whose process was killed. Most apps have none, and need not read about them. */
export async function examineScratches(db: Database): Promise<Finding[]> {
  const orphaned = await orphanedScratches(db);
  const [oldest] = orphaned;
  if (!oldest) return [];
  const left = amount(orphaned.length, "scratch database");
  return [
    {
      check: "scratch databases",
      status: "warning",
      summary: `${left} left by processes that are gone, the oldest for ${duration(oldest.ageMs)}`,
      fix: orphaned
        .slice(0, SHOWN)
        .map(({ name }) => `drop database ${quoteIdentifier(name)};`)
        .join("\n"),
      details: {
        databases: orphaned.slice(0, SHOWN).map(({ name, ageMs }) => ({ name, ageMs: Math.round(ageMs) })),
        count: orphaned.length,
      },
    },
  ];
}
