import { setTimeout as passes } from "node:timers/promises";
import type { Database, Transaction } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { createLoop } from "../log/loop.ts";
import type { Signals } from "../signals.ts";
import { complete, type AttemptResult, type Completed, type Notice } from "./complete.ts";
import type { EndpointPolicy } from "./options.ts";

/** Results on their way to the database. */
export interface Results {
  start(): void;
  add(result: AttemptResult): void;
  /** Not written yet. */
  waiting(): number;
  /** Writes what is waiting and ends. What cannot be written is sent again once its lease has ended. */
  stop(): Promise<void>;
}

export interface ResultsDependencies {
  readonly db: Database;
  readonly signals: Signals;
  readonly policy: EndpointPolicy;
  readonly recordNotices: (tx: Transaction, notices: readonly Notice[]) => Promise<void>;
  /** Whether there will soon be results that may go in the same batch. */
  readonly moreToCome: () => boolean;
  /** Told after each batch; `due`: endpoints of it may have more to send. */
  readonly onWritten: (written: { readonly due: boolean }) => void;
}

/**
 * One statement for many results: 64, or those of 10 ms, or the last that was under way. Alone each would cost a transaction and
 * lock its endpoint.
 */
const ENOUGH = 64;
const FOR_MS = 10;
/** What came while a batch was being written goes together. */
const MOST = 256;

/** A loop wakes by itself only to retry; results wake it. */
const ASLEEP_MS = 60_000;

export function createResults(dependencies: ResultsDependencies): Results {
  const { db, signals, policy, recordNotices, moreToCome, onWritten } = dependencies;
  const waiting: AttemptResult[] = [];
  let writing = 0;
  let alone = 0;
  let timer: NodeJS.Timeout | undefined;

  // One batch at a time: a second one would meet the locks of the first.
  const loop = createLoop("webhook results", signals, async () => {
    const { busy } = await writeNext();
    if (alone > 0) return 0;
    if (waiting.length === 0) return ASLEEP_MS;
    return waiting.length >= ENOUGH && busy === 0 ? 0 : FOR_MS;
  });

  return {
    start: loop.start,
    add: (result) => {
      waiting.push(result);
      if (waiting.length >= ENOUGH || !moreToCome()) loop.wake();
      else wakeSoon();
    },
    waiting: () => waiting.length + writing,
    stop: async () => {
      await loop.stop();
      clearTimeout(timer);
      timer = undefined;
      while (waiting.length > 0) {
        try {
          if ((await writeNext()).busy > 0) await passes(FOR_MS);
        } catch (error) {
          if (!isRefused(error)) waiting.length = 0; // otherwise it was that one alone
          signals.emit("loop.failed", { loop: "webhook results", error, retryInMs: 0 });
        }
      }
    },
  };

  function wakeSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      loop.wake();
    }, FOR_MS);
  }

  async function writeNext(): Promise<{ busy: number }> {
    const batch = waiting.splice(0, alone > 0 ? 1 : MOST);
    if (batch.length === 0) return { busy: 0 };
    writing = batch.length;
    try {
      const completed = await write(batch);
      writing = 0; // before it is told: they have made room
      const busy = new Set(completed.busy);
      if (busy.size > 0) waiting.push(...batch.filter(({ delivery }) => busy.has(delivery)));
      tell(signals, batch, completed);
      onWritten({ due: completed.due });
      return { busy: busy.size };
    } catch (error) {
      if (!isRefused(error)) {
        waiting.unshift(...batch);
        throw error;
      }
      // One of them is not acceptable, and the others shall not suffer: each goes alone, and that one is given up. Its
      // lease ends, and the sweep finds it.
      if (batch.length === 1) throw error;
      waiting.unshift(...batch);
      alone = batch.length + 1;
      return { busy: 0 };
    } finally {
      writing = 0;
      if (alone > 0) alone--;
    }
  }

  /** A success cannot bring a notice: it needs one statement, without the round trips of a transaction. */
  async function write(batch: readonly AttemptResult[]): Promise<Completed> {
    if (batch.every(({ ok, disable }) => ok && disable === null)) return complete(db, batch, policy);
    return db.transaction(async (tx) => {
      const completed = await complete(tx, batch, policy);
      const lasting = completed.notices.filter(({ notice }) => !notice.startsWith("breaker"));
      if (lasting.length > 0) await recordNotices(tx, lasting);
      return completed;
    });
  }
}

/** The server read the statement and refused a value (classes 22 and 23): trying again would end the same way. */
function isRefused(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? "");
}

function tell(signals: Signals, batch: readonly AttemptResult[], { accepted, notices }: Completed): void {
  const taken = new Set(accepted);
  for (const { account, endpoint, delivery, ok, durationMs, failure, attempt, retryMs, number } of batch) {
    if (!taken.has(delivery)) continue;
    if (ok) signals.emit("webhook.delivered", { account, endpoint, delivery, attempt: number, durationMs });
    else {
      signals.emit("webhook.failed", {
        account,
        endpoint,
        delivery,
        failure: failure!,
        status: attempt?.status ?? null,
        willRetryInMs: retryMs,
      });
    }
  }
  for (const notice of notices) {
    const { account, endpoint } = notice;
    if (notice.notice === "disabled")
      signals.emit("webhook.disabled", { account, endpoint, reason: notice.reason! });
    if (notice.notice === "breaker_open" || notice.notice === "breaker_closed")
      signals.emit("webhook.breaker", {
        account,
        endpoint,
        state: notice.notice === "breaker_open" ? "open" : "closed",
      });
  }
}
