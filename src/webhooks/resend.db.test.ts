import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import {
  deliveryId,
  insertDelivery,
  insertEndpoint,
  queueRows,
  stateOf,
} from "../../test/support/webhookRows.ts";
import { deliveryStates, nextState } from "./deliveryState.ts";
import { createResend } from "./resend.ts";

// Case 21.
describeOnDatabases("case 21: resending", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  beforeAll(async () => (database = await open()));
  afterAll(() => database.drop());

  const resendIn = (account: string) =>
    createResend({ db: database.db, accountOf: (given) => given ?? account }).resend;

  test("follows the table of states, in every state", async () => {
    const account = "states";
    const endpoint = await insertEndpoint(database.db, { account });
    for (const state of deliveryStates) {
      const id = await insertDelivery(database.db, { account, endpoint, state, attempts: 3 });
      const after = nextState(state, "resent");
      if (after === null) {
        await expect(resendIn(account)(deliveryId(id))).rejects.toMatchObject({ code: "DELIVERY_STATE" });
        expect(await stateOf(database.db, id, account)).toBe(state);
      } else {
        expect(await resendIn(account)(deliveryId(id))).toMatchObject({ state: after, attempts: 3 });
        const row = (await queueRows(database.db, account)).find((queued) => queued.id === id);
        expect(row, state).toMatchObject({ state: 0, step: 0, attempts: 3, due: true });
      }
    }
  });

  test("to a disabled endpoint is refused with the reason, and nothing changes", async () => {
    for (const reason of ["asked", "failing", "gone", "control"]) {
      const account = `disabled ${reason}`;
      const endpoint = await insertEndpoint(database.db, { account, status: "disabled", reason });
      const id = await insertDelivery(database.db, { account, endpoint, state: "held" });
      await expect(resendIn(account)(deliveryId(id))).rejects.toMatchObject({
        code: "ENDPOINT_DISABLED",
        detail:
          { asked: "It was disabled by hand", gone: "It answered 410 Gone" }[reason] ?? expect.any(String),
      });
      expect(await queueRows(database.db, account)).toEqual([]);
      expect(await stateOf(database.db, id, account)).toBe("held");
    }
  });

  test("to an endpoint that pulls, or that was deleted, is refused", async () => {
    const account = "elsewhere";
    const pulls = await insertEndpoint(database.db, { account, delivery: "pull" });
    const deleted = await insertEndpoint(database.db, { account, status: "deleted" });
    const refused = async (endpoint: string, code: string) => {
      const id = await insertDelivery(database.db, { account, endpoint, state: "failed" });
      await expect(resendIn(account)(deliveryId(id))).rejects.toMatchObject({ code });
    };
    await refused(pulls, "DELIVERY_STATE");
    await refused(deleted, "ENDPOINT_NOT_FOUND");
  });

  test("twice at once (a double click) makes one delivery under way, not two", async (context) => {
    needsSeveralConnections(context);
    const account = "double";
    const endpoint = await insertEndpoint(database.db, { account });
    const id = await insertDelivery(database.db, { account, endpoint, state: "failed" });
    const clicks = await Promise.all(Array.from({ length: 8 }, () => resendIn(account)(deliveryId(id))));
    expect(new Set(clicks.map((delivery) => `${delivery.id} ${delivery.state}`))).toEqual(
      new Set([`${deliveryId(id)} pending`]),
    );
    expect(await queueRows(database.db, account)).toHaveLength(1);
  });

  test("while a retry is planned brings that retry forward, and makes no second one", async () => {
    const account = "retrying";
    const endpoint = await insertEndpoint(database.db, { account });
    const runAt = new Date(Date.now() + 3_600_000);
    const id = await insertDelivery(database.db, {
      account,
      endpoint,
      state: "retrying",
      attempts: 1,
      runAt,
    });
    expect(await resendIn(account)(deliveryId(id))).toMatchObject({ state: "retrying" });
    expect(await queueRows(database.db, account)).toEqual([
      { id, state: 0, step: 0, attempts: 1, due: true },
    ]);
  });

  test("while it is being sent leaves that request alone: its claim still counts", async () => {
    const account = "sending";
    const endpoint = await insertEndpoint(database.db, { account });
    const id = await insertDelivery(database.db, { account, endpoint, state: "pending" });
    await database.db.query(
      `update tidings.delivery_queue set state = 1, claim_id = $2::text::uuid, leased_until = now() + interval '45 s' where account_id = $1`,
      [account, endpoint],
    );
    await resendIn(account)(deliveryId(id));
    const claims = await database.db.query(
      "select state::int, claim_id::text as claim from tidings.delivery_queue where account_id = $1",
      [account],
    );
    expect(claims).toEqual([{ state: 1, claim: endpoint }]);
  });

  test("after success sends the same message under the same id once more", async () => {
    const account = "success";
    const endpoint = await insertEndpoint(database.db, { account });
    const id = await insertDelivery(database.db, { account, endpoint, state: "delivered", attempts: 1 });
    const read = () =>
      database.db.query("select message_id::text as message from tidings.deliveries where account_id = $1", [
        account,
      ]);
    const before = await read();
    const again = await resendIn(account)(deliveryId(id));
    expect(again).toMatchObject({ id: deliveryId(id), state: "pending", settledAt: null });
    expect(await read()).toEqual(before);
    const [queued] = await database.db.query(
      "select message_id::text as message from tidings.delivery_queue where account_id = $1",
      [account],
    );
    expect(queued).toEqual(before[0]);
  });

  // Case 29: what retention took cannot be sent, and does not stay for ever in a state that says it could be.
  test("what retention dropped is refused as gone; what had failed is expired from then on", async () => {
    const account = "gone";
    const endpoint = await insertEndpoint(database.db, { account });
    const failed = await insertDelivery(database.db, { account, endpoint, state: "failed" });
    const delivered = await insertDelivery(database.db, { account, endpoint, state: "delivered" });
    await database.db.query("delete from tidings.messages where account_id = $1", [account]);
    for (const id of [failed, delivered])
      await expect(resendIn(account)(deliveryId(id))).rejects.toMatchObject({ code: "MESSAGE_GONE" });
    expect(await stateOf(database.db, failed, account)).toBe("expired");
    expect(await stateOf(database.db, delivered, account)).toBe("delivered");
    expect(await queueRows(database.db, account)).toEqual([]);
  });
});
