import type { Database } from "../../db/database.ts";
import { forsakenScratches } from "../../db/forsakenScratches.ts";
import { quoteIdentifier } from "../../db/schema.ts";
import type { Finding } from "./finding.ts";
import { amount, duration } from "./words.ts";

const SHOWN = 20;

/** Databases that replays were compared in, and whose process was killed. Most apps have none, and need not read about them. */
export async function examineScratches(db: Database): Promise<Finding[]> {
  const forsaken = await forsakenScratches(db);
  const [oldest] = forsaken;
  if (!oldest) return [];
  const left = amount(forsaken.length, "scratch database");
  return [
    {
      check: "scratch databases",
      status: "warning",
      summary: `${left} left by processes that are gone, the oldest for ${duration(oldest.ageMs)}`,
      fix: forsaken
        .slice(0, SHOWN)
        .map(({ name }) => `drop database ${quoteIdentifier(name)};`)
        .join("\n"),
      details: {
        databases: forsaken.slice(0, SHOWN).map(({ name, ageMs }) => ({ name, ageMs: Math.round(ageMs) })),
        count: forsaken.length,
      },
    },
  ];
}
