import type { Database } from "../../db/database.ts";
import { databaseTime } from "../databaseTime.ts";
import type { Finding } from "./finding.ts";
import { oldestWaitingMs } from "../oldestWaiting.ts";
import { ownerOf } from "../ownSubscriptions.ts";
import { neededFor } from "../removeSubscription.ts";
import { readSubscriptionStates, type SubscriptionState } from "../subscriptionStates.ts";
import { amount, duration } from "./words.ts";

/** Behind by more events than this, or by an event older than the next, and it is worth a look. */
const BEHIND_EVENTS = 10_000;
const BEHIND_MS = 60_000;

/** One finding for each subscription. */
export async function examineSubscriptions(db: Database): Promise<Finding[]> {
  const slots = await readSubscriptionStates(db);
  if (slots.length === 0) {
    return [
      { check: "subscriptions", status: "fine", summary: "There are none yet", fix: null, details: {} },
    ];
  }
  const now = await databaseTime(db);
  const findings: Finding[] = [];
  for (const name of new Set(slots.map((slot) => slot.name))) {
    const own = slots.filter((slot) => slot.name === name);
    const slowest = own.reduce((a, b) => (b.behind > a.behind ? b : a));
    const waitingMs = await oldestWaitingMs(db, slowest);
    const removable = own.some(({ state }) => state === "idle") && (await neededFor(db, name)) === null;
    findings.push(examineSubscription(name, { slots: own, slowest, waitingMs, now, removable }));
  }
  return findings;
}

interface Examined {
  readonly slots: readonly SubscriptionState[];
  readonly slowest: SubscriptionState;
  readonly waitingMs: number;
  readonly now: number;
  /** Nothing of Tidings' own needs it. */
  readonly removable: boolean;
}

function examineSubscription(
  name: string,
  { slots, slowest, waitingMs: waiting, now, removable }: Examined,
): Finding {
  const check = `subscription ${name}`;
  const { behind, parked } = slowest;
  const details = {
    position: slowest.position,
    behind,
    waitingMs: Math.round(waiting),
    parked,
    slots: slots.map(({ slot, state, owner, attempts, lastError }) => ({
      slot,
      state,
      owner,
      attempts,
      lastError,
    })),
  };
  const lag =
    behind === 0 ? "up to date" : `${amount(behind, "event")} behind, the oldest for ${duration(waiting)}`;
  const call = (method: string) => `await tidings.subscriptions.${method}(${JSON.stringify(name)})`;
  const stopped = slots.find(({ state }) => state === "stopped");
  if (stopped) {
    const summary = `Stopped after position ${stopped.position}, ${lag}: ${oneLine(stopped.lastError)}`;
    return { check, status: "bad", summary, fix: `Mend the cause, then: ${call("resume")}`, details };
  }
  const failing = slots.find(({ failingSince }) => failingSince !== null);
  if (failing) {
    const since = duration(now - failing.failingSince!.getTime());
    const summary = `Failing for ${since}, ${amount(failing.attempts, "attempt")}, ${lag}: ${oneLine(failing.lastError)}`;
    return { check, status: "warning", summary, fix: "Mend the cause; it tries again by itself", details };
  }
  const late = waiting > BEHIND_MS || behind > BEHIND_EVENTS;
  if (late && slots.some(({ state }) => state === "idle")) {
    const owner = ownerOf(name);
    const start = owner
      ? `Start a worker whose createTidings has \`${owner}\``
      : "Start a worker that calls tidings.subscribe() with this name before tidings.start()";
    const fix = removable ? `${start}; or, if it was given up: ${call("remove")}` : start;
    return { check, status: "bad", summary: `No process runs it; ${lag}`, fix, details };
  }
  if (parked > 0) {
    const summary = `${amount(parked, "event")} parked; otherwise ${lag}`;
    const fix = `See ${call("parked").slice(6)}, mend the cause, then: ${call("retry")}`;
    return { check, status: "warning", summary, fix, details };
  }
  if (late) {
    const fix =
      "Wait if it is catching up; otherwise make the handler faster, batch larger or use more slots";
    return { check, status: "warning", summary: capitalised(lag), fix, details };
  }
  return { check, status: "fine", summary: capitalised(lag), fix: null, details };
}

function oneLine(error: string | null): string {
  const line = (error ?? "no error was kept").split("\n", 1)[0]!;
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
