import type { Queryable } from "../db/database.ts";
import type { Lane } from "./defineEvent.ts";
import { readColumns, type EventKey } from "../log/readEvents.ts";
import type { RecordedEvent } from "./recordedEvent.ts";
import { maySee } from "./viewer.ts";
import { audienceOf } from "../log/storedEvent.ts";

/**
 * The events as a viewer may know them. What it may not see is left out of their chains of causes: its id would tell that it
 * exists, and when it was recorded. One query a step of the longest chain. `audiences` null changes nothing.
 */
export async function withoutHiddenCauses<Event extends RecordedEvent>(
  on: Queryable,
  events: readonly Event[],
  audiences: readonly string[] | null,
): Promise<Event[]> {
  if (audiences === null || events.every(({ causedBy }) => causedBy === null)) return [...events];
  const keys = new Set(audiences);
  const links = await readCauseLinks(on, events);
  return events.map((event) => {
    const visible = chainOf(event, links).filter(({ audience }) => maySee(audience, keys));
    const [nearest] = visible;
    const causedBy = nearest === undefined ? null : { lane: nearest.lane, id: nearest.id };
    return { ...event, causedBy, causeDepth: visible.length };
  });
}

/** An event as a part of a chain. */
export interface CauseLink extends EventKey {
  readonly audience: readonly string[] | null;
  readonly causedBy: { readonly lane: Lane; readonly id: string } | null;
}

/** What led to an event, the nearest first, as far as the log still has it. */
export function chainOf(
  { causedBy }: Pick<CauseLink, "causedBy">,
  links: ReadonlyMap<string, CauseLink>,
): CauseLink[] {
  const chain: CauseLink[] = [];
  for (let link = linkTo(causedBy, links); link; link = linkTo(link.causedBy, links)) chain.push(link);
  return chain;
}

function linkTo(cause: CauseLink["causedBy"], links: ReadonlyMap<string, CauseLink>): CauseLink | undefined {
  return cause === null ? undefined : links.get(cause.id);
}

/** All that led to these events, by id. Step by step: a chain has 32 at most, and most have one. */
export async function readCauseLinks(
  on: Queryable,
  events: readonly Pick<RecordedEvent, "account" | "causedBy">[],
): Promise<ReadonlyMap<string, CauseLink>> {
  const links = new Map<string, CauseLink>();
  let wanted = causesOf(events, links);
  while (wanted.length > 0) {
    const rows = await readColumns<LinkRow>(on, LINK, wanted);
    const found = rows.map(causeLink);
    for (const link of found) links.set(link.id, link);
    wanted = causesOf(found, links);
  }
  return links;
}

function causesOf(
  events: readonly Pick<RecordedEvent, "account" | "causedBy">[],
  known: ReadonlyMap<string, CauseLink>,
): EventKey[] {
  const causes = new Map<string, EventKey>();
  for (const { account, causedBy } of events)
    if (causedBy && !known.has(causedBy.id)) causes.set(causedBy.id, { account, ...causedBy });
  return [...causes.values()];
}

const LINK = `e.account_id as account, e.lane, e.id::text, array_to_json(e.audience)::text as audience,
       e.caused_by_lane as cause_lane, e.caused_by_id::text as cause_id`;

interface LinkRow extends EventKey {
  readonly audience: string | null;
  readonly cause_lane: Lane | null;
  readonly cause_id: string | null;
}

function causeLink({ account, lane, id, audience, cause_lane, cause_id }: LinkRow): CauseLink {
  return {
    account,
    lane,
    id,
    audience: audienceOf(audience),
    causedBy: cause_lane && cause_id ? { lane: cause_lane, id: cause_id } : null,
  };
}
