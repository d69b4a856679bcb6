import { expect, test } from "vitest";
import type { Transaction } from "../db/database.ts";
import type { Draft } from "../events/draft.ts";
import { createNotices } from "./notices.ts";

const ENDPOINT = "0194a1b2-0000-7000-8000-000000000001";

test("what became of an endpoint is recorded about it, in the transaction; a breaker is no event", async () => {
  const tx = {} as Transaction;
  const recorded: { in: Transaction; drafts: readonly Draft[] }[] = [];
  const record = createNotices(async (given, drafts) => recorded.push({ in: given, drafts }));
  const about = { account: "acme", endpoint: ENDPOINT };
  const failing = { failingSince: Date.parse("2026-11-15T09:30:00Z"), failedMessages: 24 };
  await record(tx, [
    { ...about, notice: "breaker_open" },
    { ...about, notice: "warned_90", reason: null, ...failing },
    { ...about, notice: "disabled", reason: "gone", failingSince: null, failedMessages: 0 },
  ]);
  await record(tx, [{ ...about, notice: "breaker_closed" }]);

  expect(recorded).toHaveLength(1);
  expect(recorded[0]!.in).toBe(tx);
  const subject = { type: "webhook_endpoint", id: expect.stringMatching(/^ep_/) };
  expect(recorded[0]!.drafts).toMatchObject([
    {
      type: "webhook.endpoint.failing",
      account: "acme",
      subject,
      data: { percent: 90, failingSince: "2026-11-15T09:30:00.000Z", failedMessages: 24 },
    },
    {
      type: "webhook.endpoint.disabled",
      account: "acme",
      subject,
      data: { reason: "gone", failingSince: null, failedMessages: 0 },
    },
  ]);
});
