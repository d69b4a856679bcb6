import type { Database } from "./db/database.ts";
import type { Language } from "./events/language.ts";
import type { Definitions } from "./events/registry.ts";
import type { TrackOptions } from "./events/track.ts";
import type { HttpOptions } from "./http/handler.ts";
import type { SequencerOptions } from "./log/sequencer.ts";
import type { ActionsOptions } from "./replay/actionOptions.ts";
import type { ProjectionDefinitions } from "./replay/projections.ts";
import type { ReplayDefaults } from "./replay/replayOptions.ts";
import type { WebhookOptions } from "./webhooks/options.ts";

/** What `createTidings` takes. */
export interface TidingsOptions<Handle = unknown> extends ActionsOptions {
  /** The app's database, through an adapter: `pg(pool)`, `pglite(db)`. */
  db: Database<Handle>;
  /** The module of definitions: `import * as events from "./events.ts"`. A new type is one more export. */
  events: Definitions;
  /** The language in which the definitions speak. Default English. */
  language?: Language | undefined;
  /** Others in which feeds can be read: `defineLanguage("de", …)`. Default: none. */
  languages?: readonly Language[] | undefined;
  /** The account of a single-tenant app. Default: none; every call says or inherits its account. */
  account?: string | undefined;
  /** The database schema of Tidings' tables, which holds nothing else. Default `tidings`. */
  schema?: string | undefined;
  /** Lets record wake the sequencer by a gated NOTIFY. `false` where transactions are prepared. Default true. */
  notify?: boolean | undefined;
  /** How long an idempotency key holds, in days, at most 10_000. Default 7. */
  keepIdempotencyKeysDays?: number | undefined;
  /** The buffer of `track`. */
  track?: TrackOptions | undefined;
  /** How often the log is looked at for new events. The defaults suit most; tests and benches change them. */
  sequencer?: SequencerOptions | undefined;
  subscriptions?:
    | {
        /** A slot whose process died is taken over after this many milliseconds. Default 30_000. */
        leaseMs?: number | undefined;
        /** For so many milliseconds an event whose type or version this process does not know is retried. Default 900_000. */
        unknownForMs?: number | undefined;
      }
    | undefined;
  /** What replays have in common: what they empty, routes, tables to compare, how a scratch database is made. */
  replay?: ReplayDefaults<Handle> | undefined;
  /** Tables that the log keeps up to date: `import * as projections from "./projections.ts"`. Default: none. */
  projections?: ProjectionDefinitions | undefined;
  /** Switches webhooks on. Default: off, and `tidings.webhooks` throws WEBHOOKS_OFF. */
  webhooks?: WebhookOptions | undefined;
  /** Who may ask over HTTP, and where. Without `authorize` the handler answers 401 to everybody. */
  http?: HttpOptions | undefined;
}
