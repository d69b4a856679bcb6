import type { Database, Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { checkNames } from "../events/filter.ts";
import { accountName } from "./accountName.ts";
import { readDelivery, type Delivery } from "./delivery.ts";
import { uuidOf } from "./publicId.ts";
import { requeue } from "./requeue.ts";
import { checkPushed, findTarget } from "./target.ts";

export interface Resend {
  /**
   * Sends one delivery again, now, under the same message id and with the schedule from its beginning. One that waits for its
   * next try is sent at once; one that is being sent is left to it. Throws ENDPOINT_DISABLED, DELIVERY_STATE, MESSAGE_GONE.
   */
  resend(id: string, options?: { readonly account?: string | undefined }): Promise<Delivery>;
}

export interface ResendDependencies {
  readonly db: Database;
  readonly accountOf: (given: string | undefined) => string;
}

export function createResend({ db, accountOf }: ResendDependencies): Resend {
  return {
    resend: async (id, options = {}) => {
      checkNames(options, accountName);
      const account = accountOf(options.account);
      const outcome = await db.transaction((tx) => sendAgain(tx, account, uuidOf("delivery", id)));
      // Not inside: that the delivery expired stays written.
      if (outcome === "gone") throw new TidingsError("MESSAGE_GONE");
      return outcome;
    },
  };
}

async function sendAgain(tx: Transaction, account: string, uuid: string): Promise<Delivery | "gone"> {
  const before = await readDelivery(tx, account, uuid);
  const target = await findTarget(tx, account, before.endpoint);
  checkPushed(target);
  const { gone, refused } = await requeue(tx, account, target.id, [uuid]);
  if (gone.length > 0) return "gone";
  const [refusal] = refused;
  if (refusal) throw new TidingsError("DELIVERY_STATE", { detail: `It is ${refusal.state}` });
  return readDelivery(tx, account, uuid);
}
