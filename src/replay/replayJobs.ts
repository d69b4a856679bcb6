import { AsyncLocalStorage } from "node:async_hooks";
import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Context, ContextStore } from "../events/context.ts";
import type { EntityRef } from "../events/entity.ts";
import type { Registry } from "../events/registry.ts";
import { isEventId } from "../log/eventId.ts";
import { carryOutJob } from "./carryOutJob.ts";
import {
  listJobs,
  readJob,
  requestCancel,
  type JobScope,
  type ReplayJob,
  type ReplayJobKind,
} from "./replayJobRows.ts";
import { insertJob } from "./replayJobProgress.ts";
import { checkReplay } from "./replayChecks.ts";
import { LEASE_MS } from "./replayProgress.ts";
import type { ReplayDefaults, ReplayOptions, ReplayProgress, RunReplay } from "./replayOptions.ts";
import type { ReplayUntil } from "./until.ts";

/** What a job replays. */
export interface ReplayJobRequest {
  /** `dry_run`: says what would be replayed. `compare`: into a scratch database, then row by row beside the present. */
  readonly kind: ReplayJobKind;
  readonly until?: ReplayUntil | undefined;
  readonly types?: readonly string[] | undefined;
  /** `card:1`. */
  readonly subject?: string | undefined;
  /** Default true. */
  readonly strict?: boolean | undefined;
}

interface OfAccount {
  readonly account?: string | undefined;
}

/** What can be replayed for an account, as createTidings({ replay }) has it. */
export interface ReplaySetup {
  /** How many routes there are. */
  readonly routes: number;
  /** What a comparison looks at; empty where none can be made. */
  readonly tables: readonly string[];
  /** The app can empty what it keeps of the account, so that a replay in place is possible. */
  readonly clear: boolean;
}

/** Replays that go on in this process while nobody waits for them, each of one account. */
export interface ReplayJobs {
  setup(options?: OfAccount): ReplaySetup;
  /**
   * Begins one and returns what the database keeps of it. Throws REPLAY_RUNNING where the account has one, STOPPED,
   * INCOMPARABLE_TABLE where another account's rows would be read, and what `replay` refuses.
   */
  start(request: ReplayJobRequest, options?: OfAccount & { startedBy?: EntityRef }): Promise<ReplayJob>;
  /** The newest 50 first. With those in place of every account, because they keep this one's actions out. */
  list(options?: OfAccount): Promise<ReplayJob[]>;
  /** Throws REPLAY_NOT_FOUND. */
  get(id: string, options?: OfAccount): Promise<ReplayJob>;
  /** Ends it, whichever process runs it. One that is over stays as it is. Throws REPLAY_NOT_FOUND. */
  cancel(id: string, options?: OfAccount): Promise<ReplayJob>;
}

export interface ReplayJobsDependencies<Handle> {
  readonly db: Database;
  readonly registry: Registry;
  readonly replay: RunReplay<Handle>;
  readonly contexts: ContextStore;
  readonly accountOf: (given: string | undefined) => string;
  /** The account of a single-tenant app: of it even lists of tables can be cleared, and tables need not say whose rows they hold. */
  readonly onlyAccount: string | undefined;
  readonly stopSignal: () => AbortSignal;
}

// What goes on after the request must not carry its context, nor the transaction that it may be in.
const outsideAnyContext = AsyncLocalStorage.snapshot();

/** `settled` resolves when none runs in this process: soon after its stop signal. */
export function createReplayJobs<Handle>(
  { db, registry, replay, contexts, accountOf, onlyAccount, stopSignal }: ReplayJobsDependencies<Handle>,
  defaults: ReplayDefaults<Handle>,
): { readonly api: ReplayJobs; readonly settled: () => Promise<void> } {
  const { scratch, tables = [], routes = [], clear, leaseMs = LEASE_MS } = defaults;
  const running = new Set<Promise<void>>();
  const endings = new Map<string, AbortController>();
  const compared = tables.map((table) => (typeof table === "string" ? { table, account: undefined } : table));
  const scopeOf = ({ account: given }: OfAccount = {}): JobScope => {
    const account = accountOf(given);
    return { account, whole: account === onlyAccount, leaseMs };
  };
  const detach = (work: () => Promise<unknown>): void => {
    const settle = async () => {
      // Whatever fails here is written with the job; where even that fails, its lease ends by itself.
      await work().catch(() => undefined);
      running.delete(done);
    };
    const done = outsideAnyContext(settle);
    running.add(done);
  };

  /** Of several accounts only tables that say which rows belong to whom: nobody reads another's. */
  const incomparable = ({ whole }: JobScope): string | undefined =>
    whole ? undefined : compared.find((table) => table.account === undefined)?.table;

  function checkComparable(scope: JobScope): void {
    if (!scratch) throw new TidingsError("NO_SCRATCH");
    const table = incomparable(scope);
    if (table === undefined) return;
    throw new TidingsError("INCOMPARABLE_TABLE", {
      detail: `replay.tables does not say which column of ${table} holds the account: { table: "${table}", account: "…" }`,
    });
  }

  /** In place the engine keeps the row: it is there when the replay has begun. */
  function beginInPlace(options: ReplayOptions<Handle>, context: Context): Promise<string> {
    return new Promise((resolve, reject) => {
      const onProgress = ({ id }: ReplayProgress) => resolve(id!); // only dry runs have none
      detach(() => contexts.run(context, () => replay({ ...options, onProgress })).catch(reject));
    });
  }

  async function find(id: string, scope: JobScope): Promise<ReplayJob> {
    const job = isEventId(id) ? await readJob(db, scope, id) : null;
    if (job) return job;
    throw new TidingsError("REPLAY_NOT_FOUND", { detail: `"${id.slice(0, 50)}"` });
  }

  const api: ReplayJobs = {
    setup: (options) => {
      const scope = scopeOf(options);
      return {
        routes: routes.length,
        tables: scratch && incomparable(scope) === undefined ? compared.map(({ table }) => table) : [],
        clear: typeof clear === "function" || (clear !== undefined && scope.whole),
      };
    },
    start: async ({ kind, ...what }, options = {}) => {
      const scope = scopeOf(options);
      const startedBy = options.startedBy ?? contexts.current().actor ?? NOBODY;
      const signal = stopSignal();
      if (signal.aborted) throw new TidingsError("STOPPED");
      const { account } = scope;
      // A list of tables can only be emptied for everybody, which in an app of one account is the same.
      const isOfAll = kind === "in_place" && scope.whole && typeof clear !== "function";
      const of = { ...what, ...(!isOfAll && { account }) };
      if (kind === "in_place")
        return find(await beginInPlace({ ...of, signal }, { account, actor: startedBy }), scope);
      if (kind === "compare") checkComparable(scope);
      const asked: ReplayOptions<Handle> =
        kind === "compare"
          ? { ...of, into: "scratch", compare: true }
          : { ...of, into: "scratch", dryRun: true };
      checkReplay(asked as ReplayOptions, defaults as ReplayDefaults, registry); // what cannot work is refused now, not told later
      const id = await insertJob(db, account, { kind, ...what, startedBy });
      const ended = new AbortController();
      endings.set(id, ended);
      detach(async () => {
        await carryOutJob({ db, replay, ended }, { account, id }, { ...asked, signal });
        endings.delete(id);
      });
      return find(id, scope);
    },
    list: (options) => listJobs(db, scopeOf(options)),
    get: (id, options) => find(id, scopeOf(options)),
    cancel: async (id, options) => {
      const scope = scopeOf(options);
      await find(id, scope);
      await requestCancel(db, scope, id);
      endings.get(id)?.abort();
      return find(id, scope);
    },
  };
  return { api, settled: async () => void (await Promise.all(running)) };
}

const NOBODY: EntityRef = { type: "system", id: "tidings", label: null };
