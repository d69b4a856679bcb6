import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, cardMoved } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { createTestPglite } from "../../test/support/testDatabase.ts";
import { examine } from "../doctor.ts";

const operator = { as: { role: "operator" } } as const;

interface Examination {
  readonly status: string;
  readonly findings: readonly { check: string; status: string; summary: string; fix: string | null }[];
}

describe("the doctor over HTTP", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await createTestApi();
    api.tidings.subscribe("mail", {
      types: [cardMoved],
      from: "start",
      maxAttempts: 1,
      run: () => {
        throw new Error("The mail server is away");
      },
    });
    await api.tidings.record({ ...aMove(), account: "acme", actor: ann });
    await api.tidings.work({ forMs: 100_000 });
  });
  afterAll(() => api.drop());

  test("tells an operator what `tidings doctor` finds, with the fix", async () => {
    const response = await api.get("/doctor", operator);
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const { status, findings } = (await response.json()) as Examination;
    expect(findings.map(({ check }) => check)).toEqual(
      (await examine(api.tidings.db)).map(({ check }) => check),
    );
    expect(status).toBe("warning");
    expect(findings.find(({ check }) => check === "subscription mail")).toMatchObject({
      status: "warning",
      summary: "1 event parked; otherwise up to date",
      fix: expect.stringContaining('tidings.subscriptions.retry("mail")'),
    });
  });

  test("tells nobody else: it is about the whole log", async () => {
    for (const role of ["reader", "writer", "service"] as const)
      expect((await api.get("/doctor", { as: { role } })).status).toBe(403);
    expect((await api.get("/doctor", { as: null })).status).toBe(401);
  });

  test("says that the tables are missing, and how to make them", async () => {
    const empty = await createTestApi({ database: await createTestPglite({ migrated: false }) });
    expect(await (await empty.get("/doctor", operator)).json()).toMatchObject({
      status: "bad",
      findings: [{ check: "schema", fix: "npx tidings migrate" }],
    });
    await empty.drop();
  });
});
