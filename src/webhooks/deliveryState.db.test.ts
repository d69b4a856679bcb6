import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { queueOn, type QueueUnderTest } from "../../test/webhooks/support/queueUnderTest.ts";
import { complete, type AttemptResult } from "./complete.ts";
import {
  deliveryEvents,
  deliveryStates,
  nextState,
  openStates,
  type DeliveryEvent,
  type DeliveryState,
} from "./deliveryState.ts";
import { expired } from "./outcome.ts";
import { requeue } from "./requeue.ts";
import { policy } from "../../test/webhooks/support/queueUnderTest.ts";

/** A delivery, and the endpoint that it alone belongs to. */
interface Subject {
  readonly delivery: string;
  readonly endpoint: string;
}

describeOnDatabases("the life of a delivery", (open) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  afterAll(() => database.drop());

  for (const state of deliveryStates) {
    for (const event of deliveryEvents) {
      const next = nextState(state, event);
      test(`${state} + ${event} → ${next ?? "refused"}`, async () => {
        const subject = await bring(state);
        const before = await queue.delivery(subject.delivery);
        expect(before.state).toBe(state);
        await happen(event, subject);
        const after = await queue.delivery(subject.delivery);
        expect(after.state).toBe(next ?? state);
        if (next === null) expect(after).toEqual(before);
        // A row in the queue means that there is something to come.
        const isOpen = openStates.some((each) => each === after.state);
        expect(after.queued !== null).toBe(isOpen);
        expect(after.settled).toBe(!isOpen);
      });
    }
  }

  /** A fresh delivery in that state. */
  async function bring(state: DeliveryState): Promise<Subject> {
    const endpoint = await queue.endpoint();
    const [made] = await queue.enqueue(endpoint);
    const subject = { endpoint, delivery: made!.delivery };
    const ways: Record<DeliveryState, DeliveryEvent[]> = {
      pending: [],
      delivered: ["succeeded"],
      retrying: ["failedForNow"],
      failed: ["failedForGood"],
      held: ["endpointStopped"],
      expired: ["endpointDeleted"],
    };
    for (const event of ways[state]) await happen(event, subject);
    return subject;
  }

  async function happen(event: DeliveryEvent, { endpoint, delivery }: Subject): Promise<void> {
    switch (event) {
      case "succeeded":
        return report(endpoint, delivery, { state: "delivered", retryMs: null, ok: true, failure: null });
      case "failedForNow":
        return report(endpoint, delivery, { state: "retrying", retryMs: 60_000 });
      case "failedForGood":
        return report(endpoint, delivery, { state: "failed", retryMs: null });
      case "workerLost":
        await take(endpoint);
        await queue.rows(
          "update tidings.delivery_queue set leased_until = clock_timestamp() - interval '1 s' where delivery_id = $1::uuid and state = 1",
          [delivery],
        );
        return void (await queue.sweep());
      case "endpointStopped":
        await queue.rows("update tidings.endpoint_runs set active = false where endpoint_id = $1::uuid", [
          endpoint,
        ]);
        await queue.rows("update tidings.endpoints set status = 'disabled' where id = $1::uuid", [endpoint]);
        return void (await queue.sweep());
      case "endpointDeleted":
        await queue.rows("update tidings.endpoint_runs set active = false where endpoint_id = $1::uuid", [
          endpoint,
        ]);
        await queue.rows("update tidings.endpoints set status = 'deleted' where id = $1::uuid", [endpoint]);
        return void (await queue.sweep());
      case "resent":
        await queue.db.transaction((tx) => requeue(tx, "acme", endpoint, [delivery]));
        return;
      case "messageGone": {
        await queue.rows(
          "delete from tidings.messages where id = (select message_id from tidings.deliveries where id = $1::uuid)",
          [delivery],
        );
        const [claimed] = (await take(endpoint)).deliveries;
        if (claimed) {
          expect(claimed.body).toBeNull();
          await queue.db.transaction((tx) => complete(tx, [expired(claimed, "message_gone")], policy));
        } else {
          await queue.db.transaction((tx) => requeue(tx, "acme", endpoint, [delivery]));
        }
      }
    }
  }

  /** A worker's result: with the claim that the row has, or with one that it cannot have where it has none. */
  async function report(endpoint: string, delivery: string, given: Partial<AttemptResult>): Promise<void> {
    const [claimed] = (await take(endpoint)).deliveries;
    const result: AttemptResult = {
      account: "acme",
      delivery,
      endpoint,
      claim: claimed?.claim ?? crypto.randomUUID(),
      state: "failed",
      retryMs: null,
      ok: false,
      slowDown: false,
      disable: null,
      failure: "status",
      durationMs: 1,
      number: 1,
      attempt: {
        url: "http://receiver.test/",
        status: 500,
        failure: "status",
        detail: null,
        requestHeaders: {},
        responseHeaders: null,
        responseBody: null,
        truncated: false,
      },
      ...given,
    };
    const { accepted } = await queue.db.transaction((tx) => complete(tx, [result], policy));
    expect(accepted).toEqual(claimed ? [delivery] : []);
  }

  async function take(endpoint: string) {
    // Other tests' deliveries wait in the same queue.
    await queue.rows("update tidings.endpoint_runs set next_at = 'infinity' where endpoint_id <> $1::uuid", [
      endpoint,
    ]);
    await queue.rows("update tidings.endpoint_runs set next_at = '-infinity' where endpoint_id = $1::uuid", [
      endpoint,
    ]);
    await queue.rows(
      "update tidings.delivery_queue set run_at = clock_timestamp() where endpoint_id = $1::uuid and state = 0",
      [endpoint],
    );
    return queue.claim();
  }
});
