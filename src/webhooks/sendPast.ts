import type { Database, Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { checkNames } from "../events/filter.ts";
import { positionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { isEventId } from "../log/eventId.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { readEvents } from "../log/readEvents.ts";
import { accountName } from "./accountName.ts";
import { readDelivery, type Delivery } from "./delivery.ts";
import { enqueue } from "./enqueue.ts";
import { outgoingLanes } from "./fanOut.ts";
import { fannedOutTo } from "./fannedOut.ts";
import { underKnownIds } from "./pastMessages.ts";
import { checkEnabled, findTarget } from "./target.ts";
import { isAbout } from "./webhookEvents.ts";
import type { MessageWriter } from "./writeMessage.ts";

export interface SendPast {
  /**
   * Sends an event of the log to one endpoint, whatever the endpoint's types and filter say: a delivery of its own, with the
   * message id that the event already has in this format. Throws EVENT_NOT_FOUND, also for what never goes out;
   * ENDPOINT_NOT_FOUND, ENDPOINT_DISABLED; DELIVERY_STATE for an event that fan-out has not come to yet.
   */
  send(
    event: string,
    options: { readonly endpoint: string; readonly account?: string | undefined },
  ): Promise<Delivery>;
}

export interface SendPastDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly writer: MessageWriter;
  readonly accountOf: (given: string | undefined) => string;
}

export function createSendPast({ db, registry, writer, accountOf }: SendPastDependencies): SendPast {
  return {
    send: async (event, options) => {
      checkNames(options, accountName, { endpoint: true });
      const account = accountOf(options.account);
      const target = await findTarget(db, account, options.endpoint);
      checkEnabled(target);
      const found = await findEvent(db, account, event);
      // An event that stays inside is answered like one that never was: who holds a portal token learns nothing of it.
      const message = found && writer.write(positionedEvent(found, registry), target);
      if (!message) throw new TidingsError("EVENT_NOT_FOUND");
      if (found.position > (await fannedOutTo(db)))
        throw new TidingsError("DELIVERY_STATE", { detail: TOO_NEW });
      if (isAbout(found, target.id))
        throw new TidingsError("DELIVERY_STATE", { detail: "An endpoint is never told about itself" });
      return db.transaction(async (tx) => {
        const messages = await underKnownIds(tx, account, [message]);
        const wanted = [{ message: 0, endpoint: target.id, key: message.subject }];
        const [made] = await enqueue(tx, "send", messages, wanted);
        if (!made) throw new TidingsError("ENDPOINT_NOT_FOUND"); // deleted just now
        return readDelivery(tx, account, made.delivery);
      });
    },
  };
}

const TOO_NEW = "The event is new and about to be sent to all who asked for it: try again in a moment";

async function findEvent(on: Queryable, account: string, id: string) {
  if (!isEventId(id)) return null;
  const [event] = await readEvents(
    on,
    outgoingLanes.map((lane) => ({ account, lane, id })),
  );
  if (!event) return null;
  // Beyond all others for an event that was recorded a moment ago and has none yet.
  const position = (await positionsOf(on, account, [event.id])).get(event.id) ?? Infinity;
  return { ...event, position };
}
