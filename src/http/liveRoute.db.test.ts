import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, ben } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { createClient, messagesIn, serve, type Message } from "../../test/support/liveClient.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";

const by = (actor = ann, account = "acme") => ({ actor, account });

describeOnDatabases("GET /live", (open) => {
  let api: TestApi;
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    api = await createTestApi({ database: await open(), http: { heartbeatMs: 25 } });
    await api.tidings.start();
    server = await serve(api);
  });
  afterAll(async () => {
    await server.close();
    await api.drop();
  });
  const position = async () => (await api.tidings.feed({ account: "acme", limit: 1 })).position;
  const numberedAll = async () => {
    const { tidings } = api;
    const { items } = await tidings.feed({ account: "acme", limit: 1 });
    for await (const event of tidings.live({ account: "acme", after: 0 })) {
      if (event.id === items[0]!.id) return;
    }
  };

  test("misses nothing and repeats nothing through random disconnects while writers record", async () => {
    const writers = 4;
    const each = 60;
    const client = createClient(server.url, `after=${await position()}`);
    let written = 0;
    const writing = Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let n = 0; n < each; n++) {
          await api.tidings.record({ ...aMove(`${writer}-${n}`, n), ...by() });
          await api.tidings.record({ ...aMove(`foreign-${n}`), ...by(ann, "other") });
          written++;
        }
      }),
    );
    const seen: NonNullable<Message["data"]>[] = [];
    while (seen.length < writers * each) {
      let left = 1 + Math.floor(Math.random() * 25);
      const enough = writers * each - seen.length;
      let got = 0;
      seen.push(...(await client.readUntil((m) => (m.data && ++got === enough) || --left <= 0)));
    }
    await writing;
    expect(written).toBe(writers * each);
    const ids = seen.map(({ subject }) => subject.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (let writer = 0; writer < writers; writer++) {
      expect(ids.filter((id) => id.startsWith(`${writer}-`))).toHaveLength(each);
    }
    const positions = seen.map((event) => event.position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  test("begins now without a position, and a client that saw nothing yet still comes back to its place", async () => {
    const client = createClient(server.url);
    expect(await client.readUntil((message) => message.id !== undefined)).toEqual([]);
    await api.tidings.record({ ...aMove("while-away"), ...by() });
    const seen = await client.readUntil((message) => message.data !== undefined);
    expect(seen.map(({ subject }) => subject.id)).toEqual(["while-away"]);
  });

  test("goes on where an entity's load fails", async () => {
    const doc = defineEntity("doc", { load: () => Promise.reject(new Error("no connection")) });
    const docRead = defineEvent("doc.read", { subject: doc });
    const own = await createTestApi({ database: await open(), events: { docRead } });
    try {
      await own.tidings.start();
      const failed: string[] = [];
      own.tidings.signals.on("entity.load_failed", ({ ids }) => failed.push(...ids));
      const messages = messagesIn(await own.get("/live?after=0"));
      for (const id of ["1", "2"]) {
        await own.tidings.record({ ...docRead({ subject: doc(id, `Doc ${id}`) }), ...by() });
        let shown: Message["data"];
        while (!shown) shown = (await messages.next()).value!.data;
        expect(shown.subject).toMatchObject({ id, label: `Doc ${id}`, deleted: false });
      }
      expect(failed).toEqual(["1", "2"]);
      await messages.return(undefined);
    } finally {
      await own.drop();
    }
  });

  test("the header goes before the parameter that the address still has", async () => {
    const before = await position();
    await api.tidings.record({ ...aMove("first"), ...by() }, { ...aMove("second"), ...by() });
    const client = createClient(server.url, `after=${before}`);
    expect((await client.readUntil((m) => m.data !== undefined))[0]!.subject.id).toBe("first");
    expect((await client.readUntil((m) => m.data !== undefined))[0]!.subject.id).toBe("second");
  });

  test("begins with what was recorded since a moment; for a client that comes back the moment only filters", async () => {
    await api.tidings.record({ ...aMove("since-1"), ...by() });
    await numberedAll();
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const client = createClient(server.url, `since=${hourAgo}&of=card:since-1,card:since-2`);
    const data = (message: Message) => message.data !== undefined;
    expect((await client.readUntil(data)).map(({ subject }) => subject.id)).toEqual(["since-1"]);
    await api.tidings.record({ ...aMove("since-2"), ...by() });
    expect((await client.readUntil(data)).map(({ subject }) => subject.id)).toEqual(["since-2"]);

    await numberedAll();
    const end = await position();
    const later = createClient(server.url, "since=2999-01-01", "0");
    expect(await later.readUntil((message) => Number(message.id) >= end)).toEqual([]);
  });

  const filters: [string, string[]][] = [
    ["of=card:f1", ["f1"]],
    ["actors=user:ben", ["f2"]],
    ["types=comment.*,card.added", []],
    ["types=card_moved&severities=error,warning", ["f3"]],
    ["lanes=client,system", []],
    ["subjectTypes=card&subjects=card:f2,card:f3", ["f2", "f3"]],
  ];
  test.each(filters)("filters by %s", async (query, expected) => {
    const after = await position();
    const client = createClient(server.url, `after=${after}&${query}`);
    await api.tidings.record(
      { ...aMove("f1"), ...by() },
      { ...aMove("f2"), ...by(ben) },
      { ...aMove("f3"), ...by(), severity: "warning" },
      { ...aMove("f4"), ...by(), severity: "info" },
    );
    await numberedAll();
    const end = await position();
    // The id moves past what was not asked for: then everything was looked at.
    const seen = await client.readUntil((message) => Number(message.id) >= end);
    expect(seen.map(({ subject }) => subject.id)).toEqual(expected);
  });

  test("sends a comment while nothing happens, and moves the id when only other events happened", async () => {
    const client = createClient(server.url, "of=card:nothing-ever");
    await client.readUntil((message) => message.comment === "heartbeat");
    const before = Number(client.lastEventId());
    await api.tidings.record({ ...aMove("other"), ...by() });
    await numberedAll();
    const seen = await client.readUntil((message) => Number(message.id) > before);
    expect(seen).toEqual([]);
    expect(Number(client.lastEventId())).toBeGreaterThan(before);
  });

  test("tells proxies to pass everything on at once, and clients when to come back", async () => {
    const connection = new AbortController();
    const response = await createClient(server.url).connect(connection.signal);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    for await (const message of messagesIn(response)) {
      expect(Number(message.retry)).toBeGreaterThanOrEqual(1_000);
      break;
    }
    connection.abort();
  });

  const wrong: [string, Record<string, string>, number, string][] = [
    ["?after=999999999", {}, 400, "INVALID_CURSOR"],
    ["?after=-1", {}, 400, "INVALID_REQUEST"],
    ["", { "last-event-id": "01a1fb4a-5414" }, 400, "INVALID_CURSOR"],
    ["?since=yesterday", {}, 400, "INVALID_REQUEST"],
    ["?of=card", {}, 400, "INVALID_FILTER"],
  ];
  test.each(wrong)(
    "answers a problem before the stream begins: %s %o",
    async (query, headers, status, code) => {
      const response = await api.get(`/live${query}`, { headers });
      expect([response.status, response.headers.get("content-type")]).toEqual([
        status,
        "application/problem+json",
      ]);
      expect(await response.json()).toMatchObject({ code });
    },
  );

  test("many clients each get everything", async () => {
    const after = await position();
    const clients = Array.from({ length: 100 }, () =>
      createClient(server.url, `after=${after}&of=card:shared`),
    );
    const reading = clients.map((client) => {
      let got = 0;
      return client.readUntil((message) => message.data !== undefined && ++got === 20);
    });
    for (let n = 0; n < 20; n++) await api.tidings.record({ ...aMove("shared", n), ...by() });
    for (const seen of await Promise.all(reading)) expect(seen).toHaveLength(20);
  });
});
