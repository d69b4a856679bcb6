import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Signals } from "../signals.ts";
import { releaseLease, renewLease, takeLease, type Lease, type SlotState } from "./subscriptionStore.ts";

/** This process's hold on one slot: taken, renewed by itself while it is held, lost or given back. */
export interface SlotLease {
  /** Undefined when it is not held, as far as this process knows: only the token in the row decides. */
  held(): Lease | undefined;
  /** Aborted when the lease is lost or the process stops. */
  signal(): AbortSignal;
  take(): Promise<SlotState | null>;
  /** Forgets the lease without a word: what this process remembers may be wrong, and `take` tells the truth. */
  forget(): void;
  /** Another process has it: tells the handler and the world. */
  lose(): void;
  /** Tells the handler that the process stops; the lease stays until `release`. */
  stop(): void;
  release(position: number): Promise<void>;
}

export interface SlotLeaseOptions {
  readonly db: Database;
  readonly signals: Signals;
  readonly name: string;
  readonly slot: number;
  /** Names this process. */
  readonly owner: string;
  readonly leaseMs: number;
}

export function createSlotLease({ db, signals, name, slot, owner, leaseMs }: SlotLeaseOptions): SlotLease {
  let lease: Lease | undefined;
  let aborting = new AbortController();
  let renewal: NodeJS.Timeout | undefined;

  /** Beside the handler, on another connection: also a handler that takes minutes keeps its slot. */
  async function renew(): Promise<void> {
    const renewed = lease;
    if (renewed === undefined) return;
    // A failing database says nothing about the lease. If it lasts, the next write finds out.
    const kept = await renewLease(db, renewed, leaseMs).catch(() => true);
    if (!kept && lease === renewed) lose();
  }

  function forget(): void {
    clearInterval(renewal);
    lease = undefined;
  }

  function lose(): void {
    if (lease === undefined) return;
    forget();
    aborting.abort(new TidingsError("LEASE_LOST"));
    signals.emit("subscription.lease_lost", { name, slot });
  }

  return {
    held: () => lease,
    signal: () => aborting.signal,
    take: async () => {
      const taken = await takeLease(db, name, slot, owner, leaseMs);
      if (taken === null) return null;
      forget();
      ({ lease } = taken);
      aborting = new AbortController();
      renewal = setInterval(() => void renew(), leaseMs / 3);
      renewal.unref();
      return taken.state;
    },
    forget,
    lose,
    stop: () => aborting.abort(new TidingsError("STOPPED")),
    release: async (position) => {
      forget();
      await releaseLease(db, name, slot, owner, position);
    },
  };
}
