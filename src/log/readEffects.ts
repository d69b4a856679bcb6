import { textArray, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import { maySee } from "../events/viewer.ts";
import { recordedAt } from "./eventId.ts";
import { idFloor } from "./findEvents.ts";
import type { EventKey } from "./readEvents.ts";
import { audienceOf } from "./storedEvent.ts";

/** An event that another one led to. */
export interface EffectLink extends EventKey {
  /** The id of the nearest cause that may be seen. */
  readonly under: string;
}

export interface Effects {
  /** Step by step, oldest first: a cause stands before what it led to. */
  readonly links: readonly EffectLink[];
  /** There are more than was looked at. */
  readonly truncated: boolean;
}

/** Events shown, and looked at in all: a viewer may be shown what hidden events led to. */
const MAX_SHOWN = 200;
const MAX_LOOKED_AT = 1_000;

/** A function of the database: see 0008_traces.sql. */
const EFFECTS = `
select lane, id::text, cause::text, array_to_json(audience)::text as audience
  from tidings.effects_of($1::text, $2::uuid[], $3::uuid, $4::integer) order by id`;

interface EffectRow {
  lane: Lane;
  id: string;
  cause: string;
  audience: string | null;
}

/** What an event led to, and what that led to. `keys`: what the viewer counts as, or null for the app itself. */
export async function readEffects(
  on: Queryable,
  { account, id }: Pick<EventKey, "account" | "id">,
  keys: ReadonlySet<string> | null,
): Promise<Effects> {
  const links: EffectLink[] = [];
  let lookedAt = 0;
  let truncated = false;
  /** The ids of one step, with what its effects are shown under. */
  let step = new Map([[id, id]]);
  while (step.size > 0 && !truncated) {
    const room = MAX_LOOKED_AT - lookedAt;
    const causes = [...step.keys()];
    const rows = await on.query<EffectRow>(EFFECTS, [account, textArray(causes), before(causes), room + 1]);
    lookedAt += rows.length;
    truncated = rows.length > room;
    const next = new Map<string, string>();
    for (const { lane, id: effect, cause, audience } of rows) {
      const isSeen = maySee(audienceOf(audience), keys);
      next.set(effect, isSeen ? effect : step.get(cause)!);
      if (isSeen) links.push({ account, lane, id: effect, under: step.get(cause)! });
    }
    step = next;
  }
  return { links: links.slice(0, MAX_SHOWN), truncated: truncated || links.length > MAX_SHOWN };
}

const DAY_MS = 86_400_000;

/** An effect is recorded after its cause; the database's clock may have been set back, but hardly by a day. */
function before(causes: readonly string[]): string {
  return idFloor(Math.max(0, Math.min(...causes.map(recordedAt)) - DAY_MS));
}
