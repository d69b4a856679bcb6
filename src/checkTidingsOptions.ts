import {
  aBoolean,
  aPositive,
  aText,
  anObject,
  anything,
  checkOptions,
  milliseconds,
  refuseOption,
  type KindsOf,
} from "./checkOptions.ts";
import type { TidingsOptions } from "./tidingsOptions.ts";

/**
 * What `createTidings` is given by itself; the rooms check what theirs may hold. A misspelt `acount` would else be found out by
 * the first request. Throws INVALID_OPTION.
 */
export function checkTidingsOptions(options: TidingsOptions): void {
  checkOptions(options, tidingsOptions);
  // Never shown: whoever passes a connection string here would find its password in a log.
  if (!isDatabase(options.db)) refuseOption(["db"], "must be what an adapter gives: pg(pool), pglite(db)");
  checkOptions(options.sequencer ?? {}, sequencerOptions, ["sequencer"]);
  checkOptions(options.track ?? {}, trackOptions, ["track"]);
  checkOptions(options.subscriptions ?? {}, subscriptionsOptions, ["subscriptions"]);
}

const tidingsOptions: KindsOf<TidingsOptions> = {
  db: anything,
  events: anything,
  language: anything,
  languages: anything,
  account: aText,
  schema: aText,
  notify: aBoolean,
  keepIdempotencyKeysDays: aPositive(10_000), // make_interval knows no Infinity
  track: anObject,
  sequencer: anObject,
  subscriptions: anObject,
  actions: anything,
  secretKey: anything,
  actionLocks: anything,
  replay: anything,
  projections: anything,
  webhooks: anything,
  http: anObject,
};

const sequencerOptions: KindsOf<NonNullable<TidingsOptions["sequencer"]>> = {
  tickMs: milliseconds(),
  idleTickMs: milliseconds(),
  sweepMs: milliseconds(),
};

const trackOptions: KindsOf<NonNullable<TidingsOptions["track"]>> = {
  maxBuffered: aPositive(),
  flushMs: milliseconds(),
};

const subscriptionsOptions: KindsOf<NonNullable<TidingsOptions["subscriptions"]>> = {
  leaseMs: milliseconds(),
  // No timer waits for it: Infinity keeps such events waiting until somebody knows them.
  unknownForMs: aPositive(),
};

/** By shape: the adapter may come from another copy of this package. A pool, or a PGlite, has no `driver`. */
function isDatabase(value: unknown): boolean {
  return anObject.holds(value) && "driver" in (value as object) && "transaction" in (value as object);
}
