import { read, send } from "./request.ts";

export interface Subscription {
  readonly name: string;
  /** How many positions the slowest slot lies behind the end of the log. */
  readonly behind: number;
  /** How long the next event of the slowest slot has been in the log; 0: there is none. */
  readonly waitingMs: number;
  readonly parked: number;
  /** Null where the process that answers does not subscribe under this name. */
  readonly takes: {
    /** Null: all types. */
    readonly types: readonly string[] | null;
    readonly lanes: readonly string[];
    readonly onFailure: "park" | "stop" | "retry";
  } | null;
  readonly slots: readonly Slot[];
}

export interface Slot {
  readonly slot: number;
  readonly position: number;
  readonly behind: number;
  readonly state: "running" | "waiting" | "stopped" | "idle";
  readonly owner: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly failingSince: string | null;
  readonly retryAt: string | null;
}

export interface ParkedEvent {
  readonly position: number;
  readonly slot: number;
  readonly account: string;
  readonly id: string;
  readonly type: string;
  readonly error: string;
  readonly attempts: number;
  readonly parkedAt: string;
  /** Another try is asked for and not yet made. */
  readonly retryRequested: boolean;
}

export interface ParkedPage {
  readonly items: readonly ParkedEvent[];
  readonly next: number | null;
}

export const readSubscriptions = async () =>
  (await read<{ items: readonly Subscription[] }>("subscriptions")).items;

export const readParked = (name: string, after: number, limit: number) =>
  read<ParkedPage>(`${pathOf(name)}/parked`, { after, limit });

/** Without positions: all of them. Gives the number that were asked for. */
export const retryParked = async (name: string, positions?: readonly number[]) =>
  (await send<{ requested: number }>("POST", `${pathOf(name)}/parked/retry`, positions ? { positions } : {}))
    .requested;

export const resumeSubscription = (name: string) => send<Subscription>("POST", `${pathOf(name)}/resume`);

function pathOf(name: string): string {
  return `subscriptions/${encodeURIComponent(name)}`;
}
