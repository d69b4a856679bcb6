import type { Database } from "../db/database.ts";
import { createLoop, type Loop } from "../log/loop.ts";
import { claim, type ClaimedDelivery, type ClaimedEndpoint } from "./claim.ts";
import type { Deliver } from "./deliver.ts";
import { createRequestSlots } from "./requestSlots.ts";
import { createResults, type ResultsDependencies } from "./results.ts";

/** The loop that sends. `stop` claims nothing more and lets requests under way end, which takes their timeout at most. */
export interface Worker extends Loop {
  /** True when no delivery is due and none is under way in this process. */
  idle(): Promise<boolean>;
}

export interface WorkerDependencies extends Omit<ResultsDependencies, "moreToCome" | "onWritten"> {
  readonly deliver: Deliver;
  /** Requests at once. */
  readonly slots: number;
  /** How long to wait before looking again when nobody says that there is something. */
  readonly pollMs: number;
}

/** A claim costs the server a millisecond, and 50 µs for each delivery: it is made when half of the slots are free … */
const ENOUGH_FREE = 1 / 2;
/** … or when a quarter has been for so long. */
const LEAST_FREE = 1 / 4;
const FREE_FOR_MS = 10;

/** What becomes due within this is claimed together: 200 endpoints that are looked at again made 900 claims a second. */
const TOGETHER_MS = 25;

export function createWorker({ deliver, slots, pollMs, ...dependencies }: WorkerDependencies): Worker {
  const { db, signals } = dependencies;
  const underWay = new Set<Promise<void>>();
  let mayHaveMore = false; // than was claimed last
  let freeSince: number | undefined; // by the monotonic clock: a quarter of the slots
  const loop = createLoop("webhooks", signals, step);
  const places = createRequestSlots(slots, loop.wake);
  const results = createResults({
    ...dependencies,
    moreToCome: () => mayHaveMore || underWay.size > 0,
    onWritten: ({ due }) => (due ? loop.wake() : claimWhereThereIsRoom()),
  });

  return {
    start: () => {
      results.start();
      loop.start();
    },
    wake: loop.wake,
    stop: async () => {
      await loop.stop();
      await Promise.all(underWay);
      await results.stop();
    },
    idle: async () => underWay.size === 0 && results.waiting() === 0 && !(await isDue(db)),
  };

  // A request's slot is free when its answer is there; results that the database does not take hold as many again.
  function free(): number {
    return places.free() - Math.max(0, results.waiting() - slots);
  }

  async function step(): Promise<number> {
    const want = free();
    if (want < slots * LEAST_FREE) {
      freeSince = undefined;
      mayHaveMore = true; // perhaps it was told of something, and it did not look
      return pollMs;
    }
    if (want < slots * ENOUGH_FREE) {
      const waitMs = (freeSince ??= performance.now()) + FREE_FOR_MS - performance.now();
      if (waitMs > 0) return waitMs;
    }
    freeSince = undefined;
    const claimed = await claim(db, { want, slots, slowRoom: places.freeForSlow(), busy: places.held() });
    const endpoints = new Map(claimed.endpoints.map((each) => [`${each.account}/${each.id}`, each]));
    for (const delivery of claimed.deliveries) {
      begin(delivery, endpoints.get(`${delivery.account}/${delivery.endpoint}`));
    }
    mayHaveMore = claimed.waitMs === 0;
    if (mayHaveMore) return 0;
    return Math.min(Math.max(claimed.waitMs ?? pollMs, TOGETHER_MS), pollMs);
  }

  function begin(delivery: ClaimedDelivery, endpoint: ClaimedEndpoint | undefined): void {
    const leave = places.take(delivery.account, endpoint?.slow === true);
    const request = deliver(delivery, endpoint).then((result) => {
      underWay.delete(request);
      leave();
      results.add(result);
      claimWhereThereIsRoom();
    });
    underWay.add(request);
  }

  /** Once a quarter is free its ten milliseconds run: only half of the slots end them earlier. */
  function claimWhereThereIsRoom(): void {
    if (mayHaveMore && free() >= slots * (freeSince === undefined ? LEAST_FREE : ENOUGH_FREE)) loop.wake();
  }
}

// Two seconds ahead: an endpoint that looked empty is looked at again within that time, because rows may have come meanwhile.
// A rate limit's next token is mostly nearer, an open breaker's end never is.
const IS_DUE = `
select exists (
  select from tidings.endpoint_runs r
   where r.active and r.next_at <= clock_timestamp() + interval '2 seconds'
     and exists (select from tidings.delivery_queue q
                  where q.account_id = r.account_id and q.endpoint_id = r.endpoint_id
                    and q.state = 0 and q.run_at <= clock_timestamp())) as due`;

async function isDue(db: Database): Promise<boolean> {
  const [row] = await db.query<{ due: boolean }>(IS_DUE);
  return row!.due;
}
