import type { Pool } from "undici";

/** As many as a worker can have under way (see requestSlots.ts): a request never waits behind those of another endpoint on the host. */
const MOST_CONNECTIONS = 1_100;

/** Pools kept; the one that was used longest ago goes first. */
const MOST_ORIGINS = 1_000;

/** A connection that is always busy would never notice that its host moved: after this time all are made anew. */
const LONGEST_MS = 300_000;

/** Less than the five seconds after which node's servers hang up: a request that meets that moment is a failed try. */
const IDLE_MS = 4_000;

export interface OriginPools {
  of(origin: string): Pool;
  /** Lets what is under way finish, then closes all connections. Whoever asks later gets new ones. */
  close(): Promise<void>;
}

/** Keeps connections open between requests, for each scheme, host and port apart. `open` makes a pool. */
export function createOriginPools(
  open: (origin: string, options: Pool.Options) => Pool,
  clock: () => number = () => performance.now(),
): OriginPools {
  const pools = new Map<string, { pool: Pool; until: number }>();
  const closing = new Set<Promise<void>>();

  return {
    of(origin) {
      const kept = pools.get(origin);
      if (kept !== undefined) {
        // Put last, which makes the first the one that was used longest ago.
        pools.delete(origin);
        if (clock() < kept.until) {
          pools.set(origin, kept);
          return kept.pool;
        }
        retire(kept.pool);
      }
      const pool = openPool(origin);
      pools.set(origin, { pool, until: clock() + LONGEST_MS });
      if (pools.size > MOST_ORIGINS) {
        const [oldest, { pool: unused }] = pools.entries().next().value!;
        pools.delete(oldest);
        retire(unused);
      }
      return pool;
    },
    async close() {
      for (const { pool } of pools.values()) retire(pool);
      pools.clear();
      await Promise.all(closing);
    },
  };

  function openPool(origin: string): Pool {
    return open(origin, {
      connections: MOST_CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: LONGEST_MS,
      maxHeaderSize: 16 * 1024,
      // The sender's deadline covers both, to the millisecond; undici's timers would cost time in each request.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  function retire(pool: Pool): void {
    const end = pool.close().finally(() => closing.delete(end));
    closing.add(end);
  }
}
