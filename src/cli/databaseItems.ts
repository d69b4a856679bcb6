import type { Database } from "../db/database.ts";
import { defineEntity } from "../events/entity.ts";
import type { EventFilter } from "../events/filter.ts";
import { createLanguages } from "../events/languages.ts";
import type { Registry } from "../events/registry.ts";
import { createFeeds } from "../feed/feed.ts";
import { createChannels } from "../live/channels.ts";
import { liveRuns } from "../live/live.ts";
import { createSequencer } from "../log/sequencer.ts";
import { createTail } from "../log/tail.ts";
import { createSignals } from "../signals.ts";
import type { LiveItem } from "./liveItem.ts";

/** How often the log is looked at: a person does not see the difference. */
const LOOK_EVERY_MS = 100;

export interface Following extends EventFilter {
  readonly account: string;
  readonly after: number | undefined;
  readonly since: Date | undefined;
}

/** The log's events as they come. Only reads: it starts no subscription and no worker of the app. */
export async function* databaseItems(
  db: Database,
  registry: Registry,
  query: Following,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): AsyncGenerator<LiveItem, void, undefined> {
  const signals = createSignals();
  signals.on("loop.failed", ({ error }) => onFailure(error));
  const tail = createTail(db, signals, LOOK_EVERY_MS);
  // Nobody else can give positions in a PGlite directory while we have it open.
  const sequencer = db.concurrent ? undefined : createSequencer(db, signals, tail.advance).loop;
  const accountOf = () => query.account;
  const asRecorded = withoutLoads(registry);
  const { items } = createFeeds({ db, registry: asRecorded, accountOf, signals });
  sequencer?.start();
  try {
    const runs = liveRuns(
      { db, channels: createChannels(tail, registry), registry, accountOf },
      { ...query, signal },
    );
    for await (const { events } of runs) {
      const shown = await items(events);
      for (const [index, item] of shown.entries()) {
        yield { position: events[index]!.position, ...item, occurredAt: item.occurredAt.toISOString() };
      }
    }
  } finally {
    await Promise.all([tail.loop.stop(), sequencer?.stop()]);
  }
}

/** Titles stay as they were recorded: `load` asks the app's own tables, which are none of this process's business. */
function withoutLoads(registry: Registry): Registry {
  const entities = [...registry.entities.values()].map(({ entity, options }) =>
    defineEntity(entity, { ...options, load: undefined }),
  );
  return { ...registry, entities: new Map(entities.map((entity) => [entity.entity, entity])) };
}

/** Stands in where the app's definitions are not at hand: every type is unknown, and shown by its name. */
export const withoutDefinitions: Registry = {
  types: [],
  entities: new Map(),
  languages: createLanguages(),
  find: () => undefined,
  holds: () => false,
  expand: (pattern) => (pattern === "*" ? null : [pattern]),
};
