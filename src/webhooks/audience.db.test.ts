import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { finishJob } from "../../test/support/webhookJobs.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { createTidings } from "../tidings.ts";

const user = defineEntity("user");
const note = defineEntity("note");
const unsaid = defineEvent("note.taken", { subject: note });
const asIs = defineEvent("note.shared", { subject: note, webhook: true });
const shaped = defineEvent("note.sent", {
  subject: note,
  webhook: { version: 1, write: () => ({ shaped: true }) },
});
const never = defineEvent("note.kept", { subject: note, webhook: false });
const secretKey = Buffer.alloc(32, "key").toString("base64");

describeOnDatabases("webhooks of events with an audience", (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database.drop());

  test("go out only where the definition says so: live, in a backfill, pulled, or sent by hand", async () => {
    const account = "acme";
    const tidings = createTidings({
      db: database.db,
      events: { user, note, unsaid, asIs, shaped, never },
      account,
      webhooks: { secretKey },
    });
    const { endpoints, pull, backfill, send } = tidings.webhooks;
    const pulling = { url: "https://example.com/hook", types: ["note.*"], delivery: "pull" } as const;
    const { endpoint } = await endpoints.create(pulling);
    const received = async (id: string) =>
      (await pull(id)).messages.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);

    const subject = note(1);
    const common = { subject, actor: user("ann") };
    const audience = ["team:1"];
    const [open_, hidden, sent, written, kept] = await tidings.record(
      unsaid(common),
      unsaid({ ...common, audience }),
      asIs({ ...common, audience }),
      shaped({ ...common, audience }),
      never({ ...common, audience }),
    );
    const out = [open_.id, sent.id, written.id];
    await tidings.work({ forMs: 20_000 });
    expect(await received(endpoint.id)).toEqual(out);

    const { endpoint: late } = await endpoints.create(pulling);
    await backfill(late.id, { from: "start" });
    await finishJob(database.db, tidings.registry, account);
    expect(await received(late.id)).toEqual(out);

    for (const { id } of [hidden, kept])
      await expect(send(id, { endpoint: endpoint.id })).rejects.toMatchObject({ code: "EVENT_NOT_FOUND" });
    await send(sent.id, { endpoint: endpoint.id });
    expect(await received(endpoint.id)).toEqual([...out, sent.id]);
  });
});
