import { checkTidingsOptions } from "./checkTidingsOptions.ts";
import type { Database } from "./db/database.ts";
import { migrate, type Migration, type MigrateOptions } from "./db/migrate.ts";
import { inSchema } from "./db/schema.ts";
import { TidingsError } from "./errors.ts";
import { catalog, type CatalogEntry } from "./events/catalog.ts";
import { createContextStore, givenContext, type Context } from "./events/context.ts";
import { createLanguages } from "./events/languages.ts";
import { prepareEvent } from "./events/prepare.ts";
import type { EntityLike } from "./events/filter.ts";
import { createEventQueries, type EventQueries } from "./events/query.ts";
import { record, recordPrepared, type RecordDependencies } from "./events/record.ts";
import { createRecordCalls, type RecordCalls } from "./events/recordCalls.ts";
import type { PositionedEvent } from "./events/recordedEvent.ts";
import { checkStates, createRegistry, type Registry } from "./events/registry.ts";
import type { StateReducer } from "./events/stateReducer.ts";
import { createTracker, trackDefaults, type TrackStats } from "./events/track.ts";
import { createEntities, type Entities } from "./feed/entities.ts";
import { createDays, type DayPage, type DayQuery } from "./feed/days.ts";
import { createFacets, type FacetQuery, type Facets } from "./feed/facets.ts";
import { createFeeds, type Feeds } from "./feed/feed.ts";
import { createFeedHtml, type FeedHtml } from "./feed/feedHtml.ts";
import { createGroups, type Groups } from "./feed/groups.ts";
import { createMarks, type Marks } from "./feed/marks.ts";
import { createSavedFilters, type SavedFilters } from "./feed/savedFilters.ts";
import { createStats, type Stats } from "./feed/stats.ts";
import { createUnread, type UnreadCount, type UnreadQuery } from "./feed/unread.ts";
import { createHandler } from "./http/handler.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";
import { createChannels, type LiveRun } from "./live/channels.ts";
import { live, liveRuns, type LiveQuery } from "./live/live.ts";
import { untilStopped } from "./live/untilStopped.ts";
import { allRunners } from "./log/allRunners.ts";
import { createAppend, createAppendExpression } from "./log/append.ts";
import { createMaintenance } from "./log/maintenance.ts";
import { AFTER_ACTIONS, WEBHOOKS } from "./log/ownSubscriptions.ts";
import { createSequencer, sequencerDefaults } from "./log/sequencer.ts";
import { createSubscriptions, type Subscriptions } from "./log/subscriptions.ts";
import { createTail } from "./log/tail.ts";
import { fold } from "./replay/fold.ts";
import type { FoldOptions } from "./replay/foldOptions.ts";
import { createActions } from "./replay/actions.ts";
import type { Actions } from "./replay/performOptions.ts";
import { createProjections, type Projections } from "./replay/projections.ts";
import { createReplay } from "./replay/replay.ts";
import { createReplayJobs, type ReplayJobs } from "./replay/replayJobs.ts";
import type { ReplayOptions } from "./replay/replayOptions.ts";
import type { ReplayReport } from "./replay/replayReport.ts";
import type { Route } from "./replay/routes.ts";
import { createSignals, type Signals } from "./signals.ts";
import type { Webhooks } from "./webhooks/api.ts";
import { webhookSettings } from "./webhooks/options.ts";
import { webhookEvents } from "./webhooks/webhookEvents.ts";
import { createWebhooks } from "./webhooks/webhooks.ts";
import { webhooksOff } from "./webhooks/webhooksOff.ts";
import { withDefaults } from "./withDefaults.ts";
import type { TidingsOptions } from "./tidingsOptions.ts";

export interface Tidings<Handle = unknown>
  extends
    RecordCalls<Handle>,
    Actions<Handle>,
    Feeds,
    Groups,
    FeedHtml,
    Lifecycle,
    Pick<Subscriptions<Handle>, "subscribe"> {
  /** Resolves when everything tracked so far is written or counted as dropped. */
  flush(): Promise<void>;
  trackStats(): TrackStats;
  /** Calls `work` with an account, an actor and metadata that `record` and the reads inside take as their defaults. */
  run<Result>(context: Context, work: () => Result): Result;
  /** What a call made here takes as its defaults: the surrounding `run`s, and the fixed account. */
  context(): Context;
  readonly events: EventQueries;
  /** How far people have seen and read a feed. */
  readonly marks: Marks;
  /** How much of a feed somebody has not read: up to 100, which a badge shows as "99+". */
  unread(query: UnreadQuery): Promise<UnreadCount>;
  /** What a feed can be filtered by: its types, actors and days, with how many there are of each. */
  facets(query?: FacetQuery): Promise<Facets>;
  /** A feed by days of the reader's zone, in the columns added, updated and done. */
  days(query: DayQuery): Promise<DayPage>;
  readonly savedFilters: SavedFilters;
  /** How much was recorded when: for charts. */
  readonly stats: Stats;
  /** The things that events are about, found by name. */
  readonly entities: Entities;
  /** Events as they get their positions, each once, in order. */
  live(query?: LiveQuery): AsyncGenerator<PositionedEvent, void, undefined>;
  /** As `live`, in runs that also say how far the log was looked at. Causes are named as recorded, whoever the viewer is. */
  liveRuns(query?: LiveQuery): AsyncGenerator<LiveRun, void, undefined>;
  /** Endpoints, deliveries and what there is to do about them. */
  readonly webhooks: Webhooks;
  readonly subscriptions: Omit<Subscriptions<Handle>, "subscribe">;
  /**
   * Does again what the log says: in place, or into another database, up to any moment; what has effects does not happen again.
   * Continues where the same call was interrupted. Throws REPLAY_NEEDS_CLEAR, REPLAY_UNDER_WAY, REPLAY_UNKNOWN_TYPE,
   * REPLAY_UNKNOWN_VERSION, REPLAY_FAILED, ERASED, REPLAY_PRUNED, and for options that cannot work INVALID_OPTION,
   * INVALID_FILTER, CLEAR_NEEDS_FUNCTION, EVENT_NOT_FOUND or NO_SCRATCH.
   */
  replay(options: ReplayOptions<Handle>): Promise<ReplayReport>;
  /** The routes of `createTidings({ replay })`: what `tidings check versions` reads. */
  readonly replayRoutes: readonly Route<Handle>[];
  /** Replays that go on in this process while nobody waits for them, and those that went before: what the dashboard does. */
  readonly replays: ReplayJobs;
  /** Tables that are made from the log: how far they are, rebuilding them, and what they held. */
  readonly projections: Projections;
  /**
   * The state of one entity, now or in the past, from the events whose subject it is: `fold(card("1"), { initial: …, on: … })`.
   * Throws UNKNOWN_TYPE, WRONG_VERSION or UPCAST_FAILED for an event that this process cannot read, EVENT_NOT_FOUND, INVALID_OPTION.
   */
  fold<State>(subject: EntityLike, reducer: StateReducer<State>, options?: FoldOptions): Promise<State>;
  /**
   * Creates or updates the tables. Safe when many processes call it at once. Returns what it applied. Throws SCHEMA_NEWER
   * or MIGRATION_CHANGED where another version of Tidings migrated them, SCHEMA_RENAMED where they are in another schema than then,
   * DATABASE_ENCODING where the database is not in UTF8, TABLES_IN_USE where a new role's policies cannot be made.
   */
  migrate(options?: MigrateOptions): Promise<Migration[]>;
  /** The HTTP API: mount it under `http.basePath`. */
  readonly handler: (request: Request) => Promise<Response>;
  readonly signals: Signals;
  readonly registry: Registry;
  /** What there is to know about each event type: for docs and API descriptions. */
  catalog(): CatalogEntry[];
  /** The database, in Tidings' schema: for tools such as `examine`. */
  readonly db: Database<Handle>;
}

const DAY_SECONDS = 86_400;

/**
 * Puts the rooms together. Opens nothing: connections are made by the first call, loops by `start()`. Throws
 * INVALID_OPTION, and for definitions DUPLICATE_TYPE, ALIAS_TAKEN or INVALID_DEFINITION.
 */
export function createTidings<Handle>(options: TidingsOptions<Handle>): Tidings<Handle> {
  checkTidingsOptions(options as TidingsOptions);
  const { keepIdempotencyKeysDays = 7, notify = true } = options;
  const { leaseMs = 30_000, unknownForMs = 900_000 } = options.subscriptions ?? {};
  const sequencerOptions = withDefaults(sequencerDefaults, options.sequencer);
  const trackOptions = withDefaults(trackDefaults, options.track);
  const db = inSchema(options.db, options.schema ?? "tidings");
  const webhookOptions = options.webhooks && webhookSettings(options.webhooks);
  const registry = createRegistry(
    [options.events, options.actions ?? [], webhookOptions ? webhookEvents : []].flat(),
    createLanguages(options.language, options.languages),
  );
  checkStates(registry);
  const keepKeysSeconds = keepIdempotencyKeysDays * DAY_SECONDS;
  const signals = createSignals();
  const contexts = createContextStore();
  const tail = createTail(db, signals, sequencerOptions.idleTickMs);
  const sequencer = createSequencer(db, signals, (position) => tail.advance(position), sequencerOptions);
  const accountOf = (given: string | undefined) => {
    const account = given ?? contexts.current().account ?? options.account;
    if (account === undefined) throw new TidingsError("ACCOUNT_MISSING");
    return account;
  };
  const appendExpression = createAppendExpression({ notify, keepKeysSeconds });
  const recording: RecordDependencies = {
    db,
    registry,
    append: createAppend(appendExpression),
    account: options.account,
    onCommitted: () => sequencer.loop.wake(),
  };
  const tracker = createTracker(
    {
      prepare: (draft, context) => prepareEvent(draft, { registry, context, account: options.account }),
      write: (events) => recordPrepared(recording, events),
      checkConnection: async () => db.concurrent || db.query("select 1"),
      context: contexts.current,
      signals,
    },
    trackOptions,
  );
  const { runner, subscribe, subscribeOwn, ...subscriptions } = createSubscriptions<Handle>({
    db,
    tail,
    registry,
    signals,
    contexts,
    leaseMs,
    unknownForMs,
  });
  const actions = createActions<Handle>(options, {
    db,
    registry,
    contexts,
    account: options.account,
    record: (drafts, tx) => record(recording, contexts.current(), drafts, tx),
    appendExpression,
    keepKeysSeconds,
    onCommitted: recording.onCommitted,
  });
  if (actions.after) subscribeOwn(AFTER_ACTIONS, actions.after);
  const projections = createProjections(options.projections ?? [], {
    db,
    tail,
    registry,
    signals,
    contexts,
    leaseMs,
    unknownForMs,
  });
  const reading = { db, registry, accountOf, signals };
  const streaming = { ...reading, channels: createChannels(tail, registry) };
  const webhooks =
    webhookOptions &&
    createWebhooks(webhookOptions, {
      db,
      registry,
      signals,
      accountOf,
      record: (tx, drafts) => record(recording, {}, drafts, tx),
      begin: () => subscriptions.begin(WEBHOOKS),
    });
  if (webhooks) {
    subscribeOwn(WEBHOOKS, webhooks.fanOut);
    // At once: the gated NOTIFY may have been left out.
    signals.on("subscription.handled", ({ name }) => name === WEBHOOKS && webhooks.work.wake());
  }
  const { stopSignals, ...lifecycle } = createLifecycle({
    db,
    sequencer,
    maintenance: createMaintenance(db, signals, webhooks ? [webhooks.maintain] : []),
    tail,
    runner: allRunners([runner, projections.runner]),
    tracker,
    webhooks: webhooks?.work ?? null,
    tickMs: sequencerOptions.tickMs,
  });

  const replay = createReplay(
    { db, registry, contexts, replayAction: actions.replayAction, applyRoute: actions.applyRoute },
    options.replay ?? {},
  );
  const replayJobs = createReplayJobs(
    {
      db,
      registry,
      replay,
      contexts,
      accountOf,
      onlyAccount: options.account,
      stopSignal: stopSignals.ofReplays,
    },
    options.replay ?? {},
  );

  const feeds = createFeeds(reading);
  const tidings: Tidings<Handle> = {
    ...feeds,
    ...createGroups(reading),
    ...createFeedHtml(registry),
    marks: createMarks(reading),
    unread: createUnread(reading),
    facets: createFacets(reading),
    days: createDays({ ...reading, items: feeds.items }),
    savedFilters: createSavedFilters(reading),
    stats: createStats(reading),
    ...createRecordCalls<Handle>({ recording, contexts, tracker }),
    ...actions.calls,
    flush: tracker.flush,
    trackStats: tracker.stats,
    run: contexts.run,
    context: () => ({
      ...(options.account !== undefined && { account: options.account }),
      ...givenContext(contexts.current()),
    }),
    events: createEventQueries(reading),
    entities: createEntities(reading),
    live: (query = {}) => untilStopped(stopSignals.ofStreams(), query, (until) => live(streaming, until)),
    liveRuns: (query = {}) =>
      untilStopped(stopSignals.ofStreams(), query, (until) => liveRuns(streaming, until)),
    webhooks: webhooks?.api ?? webhooksOff,
    subscribe,
    subscriptions,
    replay,
    replayRoutes: options.replay?.routes ?? [],
    replays: replayJobs.api,
    projections: projections.api,
    fold: async (subject, reducer, foldOptions) => (await fold(reading, subject, reducer, foldOptions)).state,
    migrate: (migrateOptions) => migrate(db, migrateOptions),
    ...lifecycle,
    stop: async () => {
      await lifecycle.stop();
      await replayJobs.settled();
    },
    handler: (request) => handler(request),
    signals,
    registry,
    catalog: () => catalog(registry),
    db,
  };
  const handler = createHandler(tidings, options.http, webhookOptions?.portalOrigins);
  return tidings;
}
