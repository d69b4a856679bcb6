// Longer than other files: one table of every code, so that none is taken twice and people find them all in one place.

/**
 * Every way Tidings refuses, in one table. Codes are matched by programs and never change; messages are
 * read by people and say what to do next. `status` is what the HTTP API answers.
 */
export const errorTable = {
  ACCOUNT_MISSING: {
    status: 400,
    message:
      "No account. Pass one, call inside tidings.run({ account }), or create tidings with a fixed account.",
  },
  ACTOR_MISSING: {
    status: 400,
    message: "No actor. Pass one on the draft, or call inside tidings.run({ actor }).",
  },
  UNKNOWN_TYPE: {
    status: 422,
    message:
      "No definition has this event type. Export it from the module given to createTidings({ events }).",
  },
  WRONG_VERSION: {
    status: 422,
    message:
      "The draft was made for another version of this event type. Make it with the registered definition.",
  },
  UPCAST_FAILED: {
    status: 500,
    message:
      "An upcaster threw. Mend it: it is given every event of its version that was ever recorded, whatever it holds.",
  },
  INVALID_DATA: { status: 422, message: "The event's data does not match its schema." },
  INVALID_ENTITY: { status: 422, message: "The subject, actor or ref is not what the definition asks for." },
  INVALID_AUDIENCE: {
    status: 422,
    message:
      "An audience holds 1 to 50 entities or keys, 1,500 bytes in all. Leave it out for everybody in the account.",
  },
  INVALID_IDENTITY: {
    status: 500,
    message:
      "What http.authorize gave is not { account, actor, role, audiences }, or beyond the limits. Mend it there; the client did nothing wrong.",
  },
  PUBLIC_ID_FAILED: {
    status: 500,
    message: "A publicId threw. It answers for every id that was ever recorded, also of what is deleted now.",
  },
  INVALID_SCHEMA_RESULT: {
    status: 500,
    message:
      "The schema validated asynchronously. Use a synchronous schema: record validates before any SQL.",
  },
  UNSERIALIZABLE: {
    status: 422,
    message:
      "A value cannot be stored as JSON. Convert it before recording (BigInt to string, Date to ISO text).",
  },
  ID_TOO_LONG: { status: 422, message: "An identifier, key or label is longer than its limit." },
  EVENT_TOO_LARGE: {
    status: 413,
    message:
      "An event may hold 64 KiB and 100 entities. Store the large part elsewhere and record a reference to it.",
  },
  TOO_MANY_EVENTS: { status: 413, message: "One call records at most 1,000 events. Split it." },
  TRANSACTION_REQUIRED: {
    status: 500,
    message:
      "The handle is not an open transaction. Begin one and pass its handle, so event and change commit together.",
  },
  INSIDE_TRANSACTION: {
    status: 500,
    message:
      "PGlite has one connection and a transaction is open on it. Pass the transaction's own handle to this call.",
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    message:
      "This idempotency key already belongs to an event with other content. Use a new key for a new event.",
  },
  CAUSE_NOT_FOUND: { status: 422, message: "causedBy names an event that this account does not have." },
  CAUSE_CHAIN_TOO_LONG: {
    status: 422,
    message:
      "More than 32 events caused one another. A handler probably records an event that triggers itself.",
  },
  BATCH_INVALID: {
    status: 422,
    message:
      "Some events of the batch are invalid; none was recorded. Fix them, or use recordEach (over HTTP atomic: false).",
  },
  INVALID_DEFINITION: { status: 500, message: "An event or entity definition is wrong." },
  DUPLICATE_TYPE: { status: 500, message: "Two definitions claim one event type. Keep one of them." },
  UPCASTER_MISSING: {
    status: 500,
    message: "The upcaster chain has a hole: every older version needs one step to the next.",
  },
  ALIAS_TAKEN: { status: 500, message: "An alias is also an event type, or belongs to two types." },
  INVALID_OPTION: { status: 500, message: "An option has a value that cannot work." },
  INVALID_FILTER: { status: 400, message: "The filter has a value that cannot match anything." },
  INVALID_CURSOR: {
    status: 400,
    message: "The cursor is not one that a page returned. Start again without it.",
  },
  INVALID_TIME_ZONE: {
    status: 400,
    message: "No such time zone. Pass a name of the IANA database, such as Europe/Berlin.",
  },
  INVALID_MARK: {
    status: 400,
    message: "A mark needs a reader, the key of a feed, and a position or ids that a page returned.",
  },
  INVALID_SAVED_FILTER: {
    status: 422,
    message: "A saved filter has an owner, a name of at most 100 characters and a filter.",
  },
  SAVED_FILTER_NOT_FOUND: { status: 404, message: "This reader has no such saved filter." },
  TOO_MANY_SAVED_FILTERS: { status: 409, message: "One owner keeps at most 100 filters. Delete one." },
  POSITION_PRUNED: {
    status: 410,
    message: "The position is older than what retention kept. Start from the first kept position.",
  },
  LOG_WENT_BACK: {
    status: 409,
    message:
      "The log is at an earlier state than it was (a failover, a restore). Begin again from a position that the database holds now.",
  },
  EVENT_NOT_FOUND: { status: 404, message: "This account has no such event." },
  STATE_NOT_DEFINED: {
    status: 404,
    message: "Entities of this kind have no state. Say what events do to one: defineEntity(name, { state }).",
  },
  ENTITY_NOT_FOUND: { status: 404, message: "No event of this account is about such an entity." },
  SCHEMA_MISSING: { status: 503, message: "The Tidings tables are missing. Run `npx tidings migrate`." },
  SCHEMA_OUTDATED: {
    status: 503,
    message: "The Tidings tables are older than this version. Run `npx tidings migrate`.",
  },
  SCHEMA_NEWER: {
    status: 503,
    message: "The Tidings tables are newer than this version. Install the newer version.",
  },
  SCHEMA_RENAMED: {
    status: 503,
    message:
      "Its functions name the schema that they were made in. Give it back that name: `alter schema ... rename to ...`.",
  },
  DATABASE_ENCODING: {
    status: 500,
    message:
      "Events hold text of any script: Tidings needs a database with `encoding 'UTF8'`, which only `create database` can choose.",
  },
  SEQUENCER_MISSING: {
    status: 503,
    message:
      "The one row of the table sequencer is missing. `npx tidings doctor` gives the statement that makes it anew; what is recorded meanwhile is kept.",
  },
  EVENTS_HIDDEN: {
    status: 503,
    message:
      "Row level security hides events from the database role. Run `npx tidings migrate --app-role ROLE` for it.",
  },
  ROWS_HIDDEN: {
    status: 503,
    message:
      "Row level security is on for a table that Tidings keeps without. Switch it off for all but events and timeline: `alter table ... disable row level security`.",
  },
  TABLES_IN_USE: {
    status: 503,
    message:
      "A role's row level security is set in a moment when nobody reads the tables, and none came: a dump, or another long transaction. Call again when it has ended.",
  },
  MIGRATION_CHANGED: {
    status: 500,
    message:
      "An applied migration differs from the file in this version. Install the version that applied it.",
  },
  PGLITE_MISSING: {
    status: 500,
    message:
      "PGlite is not installed. Run `npm install --save-dev @electric-sql/pglite`; without --save-dev where the app itself uses it.",
  },
  FILES_MISSING: {
    status: 503,
    message:
      "Files of the package are not beside its code: a bundler took only the code. Keep the package external, with esbuild --external:tidings; docs/guides/bundlers.md has other bundlers and Next.js.",
  },
  SUBSCRIPTION_EXISTS: {
    status: 500,
    message: "A subscription with this name is already registered in this process.",
  },
  SUBSCRIPTION_NOT_FOUND: { status: 404, message: "No subscription has this name." },
  SUBSCRIPTION_IN_USE: {
    status: 409,
    message: "What is in use cannot be removed. Stop whoever uses it first.",
  },
  SLOTS_CHANGED: {
    status: 500,
    message:
      "The number of slots is stored with the subscription and cannot change while it runs. Use a new name, and remove the old one with tidings.subscriptions.remove().",
  },
  LEASE_LOST: {
    status: 500,
    message: "Another process took this subscription over; this batch was rolled back.",
  },
  ALREADY_STARTED: { status: 500, message: "start() was already called. Call stop() first." },
  STOPPED: { status: 503, message: "Tidings was stopped." },
  UNAUTHORIZED: { status: 401, message: "authorize() gave no identity for this request." },
  FORBIDDEN: { status: 403, message: "This role may not do that." },
  ACTOR_NOT_ALLOWED: { status: 403, message: "This role records only as itself. Leave the actor out." },
  CROSS_ORIGIN: {
    status: 403,
    message: "Requests from another origin are refused. Allow the origin in http.origins.",
  },
  INVALID_REQUEST: { status: 400, message: "The request does not match the API description." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: "Send application/json." },
  PUBLIC_URL_MISSING: {
    status: 406,
    message: "ActivityStreams name everything by a URL. Set http.publicUrl to where the handler is reached.",
  },
  BODY_TOO_LARGE: { status: 413, message: "The request body is larger than the limit." },
  ROUTE_NOT_FOUND: { status: 404, message: "No such route. GET /openapi.json lists them." },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: "This route takes other methods. The Allow header lists them.",
  },
  TOO_MANY_STREAMS: {
    status: 503,
    message: "This process serves its limit of live streams. Try again later.",
  },
  WEBHOOKS_OFF: {
    status: 409,
    message: "Webhooks are not switched on. Pass createTidings({ webhooks: { secretKey } }).",
  },
  INVALID_ENDPOINT: { status: 422, message: "A setting of the endpoint has a value that cannot work." },
  INVALID_EXPRESSION: {
    status: 422,
    message: "The filter cannot be read. docs/webhooks.md describes the language.",
  },
  INVALID_SECRET: {
    status: 422,
    message:
      "The secret is not one that can sign: whsec_ and the base64 of 24 to 64 bytes, or whsk_ and an ed25519 key. Leave it out to have one made.",
  },
  ADDRESS_REFUSED: {
    status: 422,
    message: "The URL leads to an address that webhooks may not reach. Use a public http or https address.",
  },
  ENDPOINT_NOT_FOUND: { status: 404, message: "This account has no such endpoint." },
  TOO_MANY_ENDPOINTS: {
    status: 409,
    message: "The account has as many endpoints as it may have. Delete one, or raise webhooks.maxEndpoints.",
  },
  TOO_MANY_KEYS: {
    status: 409,
    message: "Ten older secrets are still valid. Wait until one expires before rotating again.",
  },
  ENDPOINT_DISABLED: { status: 409, message: "The endpoint is disabled. Enable it, then send again." },
  DELIVERY_NOT_FOUND: { status: 404, message: "This account has no such delivery." },
  DELIVERY_STATE: { status: 409, message: "The delivery is in a state that does not allow this." },
  MESSAGE_GONE: {
    status: 410,
    message: "What was to be sent is older than webhooks.retainDays and is no longer kept.",
  },
  JOB_NOT_FOUND: { status: 404, message: "This account has no such job." },
  JOB_RUNNING: {
    status: 409,
    message: "A job of this kind is running for the endpoint. Wait for it, or cancel it.",
  },
  INVALID_TOKEN: {
    status: 401,
    message: "The portal token is not valid, or it has expired. Ask for a new one.",
  },
  ACTION_NOT_RECORDABLE: {
    status: 422,
    message: "This type is an action's. Call tidings.perform(tx, action, input): only that records it.",
  },
  ACTION_IGNORED: {
    status: 409,
    message: "This action is kept for replays of what it once did (ignore: true). Perform its successor.",
  },
  ACTION_OVER: {
    status: 500,
    message: "The action's run has ended. Await what it starts: only then is it part of the action.",
  },
  SKIP_TOO_LATE: {
    status: 500,
    message:
      "ctx.skip() says that nothing happens: call it before anything is recorded or performed, or not at all.",
  },
  NOT_IN_ACTION: {
    status: 500,
    message:
      "A replay could not give back what this did. Inside an action use ctx.record, ctx.perform and ctx.capture.",
  },
  VERSION_CONFLICT: {
    status: 409,
    message: "Another action changed the subject meanwhile. Read it again, decide again, and perform then.",
  },
  REPLAY_DIVERGED: {
    status: 409,
    message:
      "The action's run asks for what was not recorded on the first run. Give it a new version and route the old one.",
  },
  INCOMPARABLE_TABLE: {
    status: 422,
    message:
      "A table is compared row by row: both databases need it, with the same columns and a key that tells its rows apart.",
  },
  SCRATCH_REFUSED: {
    status: 500,
    message:
      "No scratch database could be made. Grant the role CREATEDB, or give pgScratch the pool of a role that has it.",
  },
  REPLAY_NEEDS_CLEAR: {
    status: 409,
    message:
      "A replay begins with empty tables. Pass clear (a function or a list of tables), or a scratch database with into.",
  },
  CLEAR_NEEDS_FUNCTION: {
    status: 409,
    message:
      "A list of tables would clear every account's rows. Pass clear as a function that deletes only what is replayed: those of this account, subject or types.",
  },
  REPLAY_UNDER_WAY: {
    status: 503,
    message:
      "A replay rebuilds these tables in place. Wait until it is done; one that failed is continued by the same call, or cancelled.",
  },
  REPLAY_UNKNOWN_TYPE: {
    status: 409,
    message:
      "The log holds an action that no definition replays. Define it (ignore: true keeps it for replays), route it, or pass strict: false.",
  },
  REPLAY_UNKNOWN_VERSION: {
    status: 409,
    message:
      "The log holds a version of an action that its definition cannot replay. Add an upcaster, route it, or pass strict: false.",
  },
  REPLAY_FAILED: {
    status: 500,
    message: "An event could not be replayed. Mend what it met, then call again: it goes on from here.",
  },
  REPLAY_PRUNED: {
    status: 410,
    message:
      "Retention has taken the beginning of the log. Begin later with from: { position } and a snapshot function that restores what was there.",
  },
  REPLAY_HAS_NO_EFFECTS: {
    status: 500,
    message: "Replays and projections have no effects: nothing is recorded, performed or tracked in them.",
  },
  NO_SCRATCH: {
    status: 409,
    message:
      "Nothing says how a scratch database is made. Pass createTidings({ replay: { scratch: () => pgScratch(pool, { prepare }) } }).",
  },
  REPLAY_RUNNING: {
    status: 409,
    message: "A dry run or a comparison of this account is running. Wait for it, or cancel it.",
  },
  REPLAY_NOT_FOUND: { status: 404, message: "There is no such replay." },
  REPLAY_CANCELLED: { status: 409, message: "The replay was cancelled." },
  ERASED: {
    status: 410,
    message:
      "What the action needs was erased together with its key. Route it to something that does without, or pass strict: false.",
  },
  PROJECTION_NOT_FOUND: {
    status: 404,
    message:
      "No projection has this name. Export it from the module given to createTidings({ projections }).",
  },
  PROJECTION_REFUSED: {
    status: 500,
    message: "The worker's role may not create the projection's tables. Grant it CREATE on their schema.",
  },
  PROJECTION_NAME_TAKEN: {
    status: 500,
    message:
      "A table or view of this name exists and is not the projection's. Rename it, or the projection's table.",
  },
  PROJECTION_VIEW_IN_USE: {
    status: 409,
    message:
      "Its columns change, and other views are made on it. Drop those, and make them again when the new version is live.",
  },
  PROJECTION_SUPERSEDED: {
    status: 409,
    message: "A newer version of this projection is live. To go back, give the older code a higher version.",
  },
  PROJECTION_STOPPED: {
    status: 500,
    message: "The projection stopped at an event. Mend its handler and start again, or rebuild it.",
  },
  PROJECTION_BEHIND: {
    status: 504,
    message: "The projection did not come to the event in time. Is a worker running, and does it keep up?",
  },
  INTERNAL: {
    status: 500,
    message: "Something failed that was not the request's fault. The app's log has the cause.",
  },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof errorTable;

export interface TidingsErrorOptions {
  /** What exactly was wrong, appended to the code's standing message. */
  detail?: string | undefined;
  /** Where in the input it was wrong, outermost key first: `["data", "position"]`. */
  path?: readonly (string | number)[] | undefined;
  /** Which event of the call it was, from 0. */
  index?: number | undefined;
  /** One error per bad event, for `BATCH_INVALID`. */
  errors?: readonly TidingsError[] | undefined;
  cause?: unknown;
}

/** The only error class that Tidings throws. Match on `code`; `message` is for people. */
export class TidingsError extends Error {
  override readonly name = "TidingsError";
  readonly code: ErrorCode;
  /** The HTTP status that the API answers with. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly path: readonly (string | number)[] | undefined;
  readonly index: number | undefined;
  readonly errors: readonly TidingsError[] | undefined;

  constructor(code: ErrorCode, options: TidingsErrorOptions = {}) {
    const { message, status } = errorTable[code];
    super(options.detail === undefined ? message : `${options.detail}. ${message}`, { cause: options.cause });
    this.code = code;
    this.status = status;
    this.detail = options.detail;
    this.path = options.path;
    this.index = options.index;
    this.errors = options.errors;
  }
}

/** True for a TidingsError, and for one with the given code. Works across realms and duplicate installs. */
export function isTidingsError(error: unknown, code?: ErrorCode): error is TidingsError {
  return (
    error instanceof Error &&
    error.name === "TidingsError" &&
    "code" in error &&
    (code === undefined || error.code === code)
  );
}
