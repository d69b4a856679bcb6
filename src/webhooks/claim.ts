import type { Queryable } from "../db/database.ts";
import type { SignatureScheme } from "./endpoint.ts";
import type { SealedSecret } from "./rotation.ts";

/** What a delivery needs to know of its endpoint, as it is at the moment of the claim. */
export interface ClaimedEndpoint {
  readonly account: string;
  readonly id: string;
  /** Raised by every change of the settings: what was cached under an older one is old. */
  readonly revision: number;
  readonly url: string;
  readonly scheme: SignatureScheme;
  readonly compat: boolean;
  /** Newest first; some may have ended. */
  readonly secrets: readonly SealedSecret[];
  /** The headers that the owner added, sealed. */
  readonly headers: string | null;
  readonly timeoutMs: number;
  /** Seconds before each try, the first one included. */
  readonly schedule: readonly number[];
  /** Slow endpoints, and those whose breaker is probing, share a quarter of a worker. */
  readonly slow: boolean;
}

/** A delivery that this worker holds until its lease ends. */
export interface ClaimedDelivery {
  readonly account: string;
  readonly id: string;
  readonly endpoint: string;
  readonly message: string;
  /** Fences: a result is taken only with the claim that the row has then. */
  readonly claim: string;
  /** Place in the schedule. */
  readonly step: number;
  /** Tries logged so far. */
  readonly attempts: number;
  readonly type: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64; null when the message is no longer kept. */
  readonly body: string | null;
  /** When it was claimed, by the database's clock: a worker's own decides nothing. */
  readonly nowMs: number;
}

export interface Claimed {
  readonly endpoints: readonly ClaimedEndpoint[];
  readonly deliveries: readonly ClaimedDelivery[];
  /**
   * Nothing is due before; null when nothing is planned within the hour. 0 when there may be more right now, 1 when other workers
   * hold all that is due.
   */
  readonly waitMs: number | null;
}

/** How much of a worker is free. */
export interface ClaimRoom {
  /** Deliveries at most. */
  readonly want: number;
  /** Of the worker in all: an account holds half of them at most. */
  readonly slots: number;
  /** What is left of the quarter for slow endpoints. */
  readonly slowRoom: number;
  /** Slots that each account holds already. */
  readonly busy: Readonly<Record<string, number>>;
}

/** Takes due deliveries in turns, first of endpoints and then a few of each: see 0006_webhook_queue.sql. */
export async function claim(db: Queryable, { want, slots, slowRoom, busy }: ClaimRoom): Promise<Claimed> {
  const parameters = [want, slots, slowRoom, JSON.stringify(busy)];
  const [row] = await db.query<{ claimed: string }>(CLAIM, parameters, { prepare: true });
  return JSON.parse(row!.claimed) as Claimed;
}

const CLAIM = "select tidings.claim_deliveries($1::int, $2::int, $3::int, $4::text) as claimed";
