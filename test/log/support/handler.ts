import type { ClientBase } from "pg";
import type { EventShape } from "../../../src/events/defineEvent.ts";
import type { PositionedEvent } from "../../../src/events/recordedEvent.ts";
import type { HandlerContext } from "../../../src/log/subscription.ts";
import type { Act } from "./itemEvents.ts";

/** Without a unique key: an event that is handled twice shall show. */
export const CREATE_HANDLED = `
create table handled (serial bigint generated always as identity, subscription text, position bigint, event uuid,
                      account text, subject text, n integer, attempt integer, pid integer);
create table healed (yes boolean)`;

export interface Behaviour {
  readonly exit: () => void;
  readonly pause: (event: PositionedEvent) => Promise<void>;
}

/** Writes down each event in the handler's transaction, and then does what the event says. */
export function writeDown(subscription: string, { exit, pause }: Behaviour) {
  return async (
    events: readonly PositionedEvent<EventShape>[],
    { tx, attempt }: HandlerContext<ClientBase>,
  ): Promise<void> => {
    for (const event of events) {
      const { n = 0, act } = event.data as { n?: number; act?: Act };
      await tx.query(
        `insert into handled (subscription, position, event, account, subject, n, attempt, pid)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [subscription, event.position, event.id, event.account, event.subject.id, n, attempt, process.pid],
      );
      if (act === "exit") exit();
      if (act === "pause") await pause(event);
      if (act === "throw") throw new Error(`poisoned by ${n}`);
      if (act === "throw_until_healed" && (await tx.query("select from healed")).rowCount === 0)
        throw new Error(`poisoned by ${n}`);
    }
  };
}
