import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { createAddressGuard } from "./addressGuard.ts";
import { defaultSettings, schedules, type EndpointInput } from "./endpoint.ts";
import { createEndpoints, type Endpoints } from "./endpoints.ts";
import { publicId, uuidOf } from "./publicId.ts";
import { liveSecrets, type SealedSecret } from "./rotation.ts";
import { sign } from "./schemes.ts";
import { createSealing, sealedFor } from "./sealing.ts";
import { makeSecret } from "./secrets.ts";

const minimal: EndpointInput = { url: "https://example.com/hook", types: ["card.*"] };
const ADD_JOB = `
insert into tidings.endpoint_jobs (account_id, id, endpoint_id, kind, since, until, per_second)
values ('acme', gen_random_uuid(), $1::uuid, 'recover', now(), now(), 1)`;
const refusal = (code: string, ...path: string[]) =>
  expect.objectContaining(path.length > 0 ? { code, path } : { code });

describeOnDatabases("endpoints", (open, { needsSeveralConnections }) => {
  const sealing = createSealing([randomBytes(32)]);
  let database: TestDatabase;
  let endpoints: Endpoints;

  const endpointsWith = (
    options: { maxEndpoints?: number; source?: string | null; httpsOnly?: boolean } = {},
  ) => {
    const { maxEndpoints = 100, source = null, httpsOnly = false } = options;
    return createEndpoints({
      begin: async () => undefined,
      db: database.db,
      sealing,
      rules: { checkUrl: createAddressGuard({ httpsOnly }).checkUrl, source },
      maxEndpoints,
      accountOf: (given) => given ?? "acme",
    });
  };

  beforeAll(async () => {
    database = await open();
    endpoints = endpointsWith();
  });
  beforeEach(async () => {
    for (const table of ["endpoints", "endpoint_runs", "endpoint_jobs"])
      await database.db.query(`delete from tidings.${table}`);
  });
  afterAll(() => database.drop());

  const runOf = async (id: string) => {
    const [row] = await database.db.query<Record<string, unknown>>(
      `select active, ordered, inflight_max, inflight_limit, rate, burst, breaker, failed_in_row, failed_messages, warned,
              next_at = 'infinity' as sleeps, next_at <= clock_timestamp() as due, failing_since is null as forgiven
         from tidings.endpoint_runs where endpoint_id = $1::uuid`,
      [uuidOf("endpoint", id)],
    );
    return row!;
  };
  const failFor = (id: string) =>
    database.db.query(
      `update tidings.endpoint_runs set breaker = 'open', breaker_until = now() + interval '1 hour', next_at = now() + interval '1 hour',
              failed_in_row = 9, failed_messages = 9, warned = 90, failing_since = now() - interval '4 days', inflight_limit = 2
        where endpoint_id = $1::uuid`,
      [uuidOf("endpoint", id)],
    );
  const rowOf = async (id: string) => {
    const [row] = await database.db.query<{ row: string }>(
      "select row_to_json(e)::text as row from tidings.endpoints e where id = $1::uuid",
      [uuidOf("endpoint", id)],
    );
    return JSON.parse(row!.row) as Record<string, unknown>;
  };

  describe("made and read", () => {
    test("with a URL and types alone, everything else is the default", async () => {
      const { endpoint, secret } = await endpoints.create(minimal);
      expect(endpoint).toMatchObject({
        ...defaultSettings,
        ...minimal,
        account: "acme",
        status: "enabled",
        disabledReason: null,
        headerNames: [],
        keys: [{ kind: "hmac", publicKey: null, validUntil: null }],
        health: { breaker: "closed", failingSince: null, lastSuccessAt: null, lastFailureAt: null },
      });
      expect(endpoint.id).toMatch(/^ep_[0-9A-Za-z]{22}$/);
      expect(secret).toMatch(/^whsec_/);
      expect(await endpoints.get(endpoint.id)).toEqual(endpoint);
      expect(await runOf(endpoint.id)).toMatchObject({
        active: true,
        ordered: false,
        inflight_max: 32,
        inflight_limit: 2,
        rate: null,
      });
    });

    test("with every setting, all are read back as they were given", async () => {
      const settings = {
        ...minimal,
        description: "für Ann",
        filter: "data.amount > 100",
        delivery: "pull",
        format: "cloudevents",
        scheme: "stripe",
        compat: true,
        payloadVersion: 2,
        timeoutMs: 5_000,
        rateLimit: { perSecond: 0.5, burst: 3 },
        maxInFlight: 4,
        ordered: true,
        schedule: [0, 60],
      } as const;
      const { endpoint } = await endpointsWith({ source: "https://app.example" }).create(settings);
      expect(endpoint).toMatchObject(settings);
      expect(await runOf(endpoint.id)).toMatchObject({
        active: false,
        ordered: true,
        inflight_max: 4,
        inflight_limit: 2,
        rate: 0.5,
        burst: 3,
      });
      expect(await rowOf(endpoint.id)).toMatchObject({
        filter: { op: ">", path: ["data", "amount"], value: 100 },
      });
    });

    test("a named schedule is one of the two", async () => {
      const { endpoint } = await endpoints.create({ ...minimal, schedule: "short" });
      expect(endpoint.schedule).toEqual(schedules.short);
    });

    test("they are listed by account, the oldest first, and of another account they were never there", async () => {
      const first = await endpoints.create(minimal);
      const second = await endpoints.create(minimal);
      const foreign = await endpoints.create(minimal, { account: "globex" });
      expect((await endpoints.list()).map(({ id }) => id)).toEqual([first.endpoint.id, second.endpoint.id]);
      const id = foreign.endpoint.id;
      for (const call of [
        () => endpoints.get(id),
        () => endpoints.update(id, {}),
        () => endpoints.enable(id),
        () => endpoints.disable(id),
        () => endpoints.rotate(id),
        () => endpoints.delete(id),
        () => endpoints.get("ep_nonsense"),
        () => endpoints.get(publicId("delivery", uuidOf("endpoint", id))),
      ])
        await expect(call()).rejects.toThrow(refusal("ENDPOINT_NOT_FOUND"));
      expect(await endpoints.get(id, { account: "globex" })).toEqual(foreign.endpoint);
    });

    test("an account has as many as it may have, and deleted ones do not count", async () => {
      const limited = endpointsWith({ maxEndpoints: 2 });
      const { endpoint } = await limited.create(minimal);
      await limited.create(minimal);
      await expect(limited.create(minimal)).rejects.toThrow(refusal("TOO_MANY_ENDPOINTS"));
      await limited.create(minimal, { account: "globex" });
      await limited.delete(endpoint.id);
      await limited.create(minimal);
    });

    test("two at once do not both take the last place", async (context) => {
      needsSeveralConnections(context);
      const limited = endpointsWith({ maxEndpoints: 3 });
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => limited.create(minimal)));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
      expect(await limited.list()).toHaveLength(3);
    });
  });

  describe("changed", () => {
    test("case 28: what is given changes, the rest stays, and workers see another revision", async () => {
      const { endpoint } = await endpoints.create({
        ...minimal,
        headers: { authorization: "Bearer 1" },
        filter: "data.a = 1",
      });
      const changed = await endpoints.update(endpoint.id, {
        url: "https://example.org/next",
        timeoutMs: 2_000,
      });
      expect(changed).toEqual({
        ...endpoint,
        url: "https://example.org/next",
        timeoutMs: 2_000,
        updatedAt: expect.any(Date),
      });
      expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(endpoint.updatedAt.getTime());
      expect(await rowOf(endpoint.id)).toMatchObject({ revision: 2, url: "https://example.org/next" });
      const cleared = await endpoints.update(endpoint.id, {
        filter: null,
        headers: {},
        rateLimit: { perSecond: 5, burst: 5 },
      });
      expect(cleared).toMatchObject({ filter: null, headerNames: [], rateLimit: { perSecond: 5, burst: 5 } });
      expect(await rowOf(endpoint.id)).toMatchObject({ filter: null, filter_text: null, headers: null });
      expect(await endpoints.update(endpoint.id, { rateLimit: null })).toMatchObject({ rateLimit: null });
    });

    test("case 28: a new URL starts without the failures of the old one; other changes keep the breaker", async () => {
      const { endpoint } = await endpoints.create(minimal);
      await failFor(endpoint.id);
      await endpoints.update(endpoint.id, { description: "x" });
      expect(await runOf(endpoint.id)).toMatchObject({
        breaker: "open",
        due: false,
        forgiven: false,
        failed_messages: 9,
      });
      await endpoints.update(endpoint.id, { url: "https://example.org/repaired" });
      expect(await runOf(endpoint.id)).toMatchObject({
        breaker: "closed",
        due: true,
        forgiven: true,
        failed_messages: 0,
        warned: 0,
      });
    });

    test("a lower limit holds at once, and a change lets the endpoint be looked at", async () => {
      const { endpoint } = await endpoints.create(minimal);
      expect(await runOf(endpoint.id)).toMatchObject({ sleeps: true });
      await endpoints.update(endpoint.id, { maxInFlight: 3, ordered: true });
      expect(await runOf(endpoint.id)).toMatchObject({
        inflight_max: 3,
        inflight_limit: 2,
        ordered: true,
        due: true,
      });
    });

    test("one that pulls is not sent to, until it is pushed to again", async () => {
      const { endpoint } = await endpoints.create(minimal);
      await endpoints.update(endpoint.id, { delivery: "pull" });
      expect(await runOf(endpoint.id)).toMatchObject({ active: false, sleeps: true });
      await endpoints.disable(endpoint.id);
      await endpoints.update(endpoint.id, { delivery: "push" });
      expect(await runOf(endpoint.id)).toMatchObject({ active: false, sleeps: true });
      await endpoints.enable(endpoint.id);
      expect(await runOf(endpoint.id)).toMatchObject({ active: true, due: true });
    });

    test("a rule that came later stops no change of something else", async () => {
      const { endpoint } = await endpoints.create({ ...minimal, url: "http://example.com/" });
      const strict = endpointsWith({ httpsOnly: true });
      await strict.update(endpoint.id, { description: "x" });
      await expect(strict.update(endpoint.id, { url: "http://example.com/2" })).rejects.toThrow(
        refusal("INVALID_ENDPOINT", "url"),
      );
    });

    test("case 32: the URL is read as the request will read it, and refused by its shape", async () => {
      const { endpoint } = await endpoints.create({ ...minimal, url: "HTTPS://Bücher.example.:443/ä?b=ü" });
      expect(endpoint.url).toBe("https://xn--bcher-kva.example/%C3%A4?b=%C3%BC");
      const shapes = [
        ["INVALID_ENDPOINT", "ftp://example.com/"],
        ["INVALID_ENDPOINT", "example.com"],
        ["INVALID_ENDPOINT", ""],
        ["INVALID_ENDPOINT", "https://ann:secret@example.com/"],
        ["INVALID_ENDPOINT", "https://example.com/#part"],
        ["INVALID_ENDPOINT", `https://example.com/${"x".repeat(65_536)}`],
        ["ADDRESS_REFUSED", "http://example.com:0/"],
        ["ADDRESS_REFUSED", "http://example.com:22/"],
        ["ADDRESS_REFUSED", "http://example.com:25/"],
        ["ADDRESS_REFUSED", "http://127.0.0.1/"],
        ["ADDRESS_REFUSED", "http://localhost./"],
        ["ADDRESS_REFUSED", "http://１２７.0.0.1/"],
        ["ADDRESS_REFUSED", "http://[::ffff:7f00:1]/"],
      ] as const;
      for (const [code, url] of shapes) {
        await expect(endpoints.create({ ...minimal, url }), url).rejects.toThrow(refusal(code, "url"));
        await expect(endpoints.update(endpoint.id, { url }), url).rejects.toThrow(refusal(code, "url"));
      }
      expect(await endpoints.list()).toEqual([endpoint]);
    });
  });

  describe("enabled, disabled, deleted", () => {
    test("a disabled endpoint is not claimed for, says why, and its present settings stay", async () => {
      const { endpoint } = await endpoints.create(minimal);
      const disabled = await endpoints.disable(endpoint.id);
      expect(disabled).toMatchObject({ status: "disabled", disabledReason: "asked", url: endpoint.url });
      expect(await runOf(endpoint.id)).toMatchObject({ active: false, sleeps: true });
      expect(await endpoints.disable(endpoint.id)).toEqual(disabled);
    });

    test("a reactivated endpoint survives its first failure: it starts without the old ones", async () => {
      const { endpoint } = await endpoints.create(minimal);
      await failFor(endpoint.id);
      await endpoints.disable(endpoint.id);
      expect(await endpoints.enable(endpoint.id)).toMatchObject({ status: "enabled", disabledReason: null });
      expect(await runOf(endpoint.id)).toMatchObject({
        active: true,
        due: true,
        breaker: "closed",
        forgiven: true,
        failed_in_row: 0,
        failed_messages: 0,
        warned: 0,
      });
    });

    test("enabling what is enabled changes nothing, its breaker least of all", async () => {
      const { endpoint } = await endpoints.create(minimal);
      await failFor(endpoint.id);
      await endpoints.enable(endpoint.id);
      expect(await runOf(endpoint.id)).toMatchObject({ breaker: "open", failed_messages: 9 });
    });

    test("a deleted endpoint is gone, its secrets and headers with it, and its jobs end", async () => {
      const { endpoint } = await endpoints.create({ ...minimal, headers: { "x-token": "t" } });
      await database.db.query(ADD_JOB, [uuidOf("endpoint", endpoint.id)]);
      await endpoints.delete(endpoint.id);
      await expect(endpoints.get(endpoint.id)).rejects.toThrow(refusal("ENDPOINT_NOT_FOUND"));
      await expect(endpoints.delete(endpoint.id)).rejects.toThrow(refusal("ENDPOINT_NOT_FOUND"));
      expect(await endpoints.list()).toEqual([]);
      expect(await rowOf(endpoint.id)).toMatchObject({ status: "deleted", secrets: [], headers: null });
      expect(await runOf(endpoint.id)).toMatchObject({ active: false, sleeps: true });
      const jobs = await database.db.query(
        "select state from tidings.endpoint_jobs where finished_at is not null",
      );
      expect(jobs).toEqual([{ state: "cancelled" }]);
    });

    test("case 28: what waits for a disabled endpoint is held, and for a deleted one it expires", async () => {
      const waiting = async () => {
        const { endpoint } = await endpoints.create(minimal);
        const message = {
          lane: null,
          event: null,
          position: null,
          account: "acme",
          type: "card.moved",
          subject: "card:1",
          format: "standard",
          version: 1,
          contentType: "application/json",
          headers: {},
          body: "e30=",
        };
        await database.db.query("select tidings.enqueue_deliveries('event', $1::text, $2::text)", [
          JSON.stringify([message]),
          JSON.stringify([{ message: 0, endpoint: uuidOf("endpoint", endpoint.id), key: null }]),
        ]);
        return endpoint.id;
      };
      const [kept, held, expired] = [await waiting(), await waiting(), await waiting()];
      await endpoints.disable(held);
      await endpoints.delete(expired);
      await database.db.query("select tidings.sweep_deliveries(100)");
      const stateOf = async (id: string) =>
        database.db.query(
          `select d.state, d.failure, exists (select from tidings.delivery_queue q where q.delivery_id = d.id) as queued
             from tidings.deliveries d where d.endpoint_id = $1::uuid`,
          [uuidOf("endpoint", id)],
        );
      expect(await stateOf(kept)).toEqual([{ state: "pending", failure: null, queued: true }]);
      expect(await stateOf(held)).toEqual([{ state: "held", failure: null, queued: false }]);
      expect(await stateOf(expired)).toEqual([
        { state: "expired", failure: "endpoint_deleted", queued: false },
      ]);
    });

    test("deleting and a step of the endpoint's job do not wait for each other", async (context) => {
      needsSeveralConnections(context);
      const { endpoint } = await endpoints.create(minimal);
      const uuid = uuidOf("endpoint", endpoint.id);
      await database.db.query(ADD_JOB, [uuid]);
      let deleting: Promise<void> | undefined;
      await database.db.transaction(async (tx) => {
        // As a step does: first the job, then the endpoint that its deliveries are for.
        await tx.query(
          "select 1 as held from tidings.endpoint_jobs where endpoint_id = $1::uuid for update",
          [uuid],
        );
        deleting = endpoints.delete(endpoint.id);
        const waiting = `select 1 as found from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        while ((await database.db.query(waiting)).length === 0);
        await tx.query(
          "select 1 as held from tidings.endpoint_runs where endpoint_id = $1::uuid for update",
          [uuid],
        );
      });
      await deleting;
      expect(await endpoints.list()).toEqual([]);
    });

    test("changes at the same time all count", async (context) => {
      needsSeveralConnections(context);
      const { endpoint } = await endpoints.create(minimal);
      await Promise.all([
        endpoints.update(endpoint.id, { description: "x" }),
        endpoints.update(endpoint.id, { timeoutMs: 2_000 }),
        endpoints.update(endpoint.id, { maxInFlight: 5 }),
        endpoints.rotate(endpoint.id),
        endpoints.disable(endpoint.id),
      ]);
      const after = await endpoints.get(endpoint.id);
      expect(after).toMatchObject({ description: "x", timeoutMs: 2_000, maxInFlight: 5, status: "disabled" });
      expect(after.keys).toHaveLength(2);
      expect(await rowOf(endpoint.id)).toMatchObject({ revision: 6 });
      expect(await runOf(endpoint.id)).toMatchObject({ active: false });
    });
  });

  describe("secrets", () => {
    const secretsOf = async (id: string) => {
      const { secrets } = (await rowOf(id)) as { secrets: { sealed: string }[] };
      return secrets.map(({ sealed }) => sealing.open(sealed, sealedFor("acme", uuidOf("endpoint", id))));
    };

    test("case 2: while the grace lasts both secrets sign, the new one first; afterwards only the new one", async () => {
      const { endpoint, secret: old } = await endpoints.create(minimal);
      const { endpoint: during, secret } = await endpoints.rotate(endpoint.id, { graceSeconds: 3_600 });
      expect(await secretsOf(endpoint.id)).toEqual([secret, old]);
      expect(during.keys).toMatchObject([{ validUntil: null }, { id: endpoint.keys[0]!.id }]);
      const [newer, older] = during.keys;
      expect(older!.validUntil!.getTime() - newer!.createdAt.getTime()).toBe(3_600_000);
      const { endpoint: after, secret: last } = await endpoints.rotate(endpoint.id, { graceSeconds: 0 });
      expect(after.keys).toHaveLength(1);
      expect(await secretsOf(endpoint.id)).toEqual([last]);
    });

    test("case 2: a receiver with either secret verifies during the grace; afterwards only one with the new secret", async () => {
      const { endpoint, secret: old } = await endpoints.create(minimal);
      const { secret } = await endpoints.rotate(endpoint.id, { graceSeconds: 60 });
      const { secrets } = (await rowOf(endpoint.id)) as { secrets: SealedSecret[] };
      const body = '{"a":1}';
      const signedAt = (nowMs: number) => {
        const keys = liveSecrets(secrets, nowMs).map(({ kind, sealed }) => ({
          kind,
          secret: sealing.open(sealed, sealedFor("acme", uuidOf("endpoint", endpoint.id))),
        }));
        const timestamp = Math.floor(Date.now() / 1_000);
        return {
          ...sign("standard", { id: "msg_1", type: "a.b", timestamp, body: Buffer.from(body), keys }),
        };
      };
      const [rotatedAt, end] = [secrets[0]!.createdAt, secrets[1]!.validUntil!];
      for (const each of [old, secret])
        expect(new Webhook(each).verify(body, signedAt(rotatedAt))).toEqual({ a: 1 });
      expect(new Webhook(secret).verify(body, signedAt(end))).toEqual({ a: 1 });
      expect(() => new Webhook(old).verify(body, signedAt(end))).toThrow("No matching signature");
    });

    test("case 2: two HMAC secrets and one ed25519 key sign together when the scheme changes", async () => {
      const { endpoint } = await endpoints.create(minimal);
      await endpoints.rotate(endpoint.id);
      const { endpoint: after, secret } = await endpoints.rotate(endpoint.id, { scheme: "standard-ed25519" });
      expect(after).toMatchObject({
        scheme: "standard-ed25519",
        keys: [{ kind: "ed25519" }, { kind: "hmac" }, { kind: "hmac" }],
      });
      expect(after.keys[0]!.publicKey).toMatch(/^whpk_/);
      expect(secret).toMatch(/^whsk_/);
    });

    test("case 2: the eleventh rotation is refused, and changes nothing", async () => {
      const { endpoint } = await endpoints.create(minimal);
      for (let round = 1; round <= 10; round++) await endpoints.rotate(endpoint.id);
      const before = await endpoints.get(endpoint.id);
      expect(before.keys).toHaveLength(11);
      await expect(endpoints.rotate(endpoint.id)).rejects.toThrow(refusal("TOO_MANY_KEYS"));
      expect(await endpoints.get(endpoint.id)).toEqual(before);
      expect((await endpoints.rotate(endpoint.id, { graceSeconds: 0 })).endpoint.keys).toHaveLength(1);
    });

    test("a secret may be brought along, of the kind that the scheme signs with", async () => {
      const { secret } = makeSecret("hmac");
      const made = await endpoints.create({ ...minimal, secret });
      expect(made.secret).toBe(secret);
      expect(
        (await endpoints.rotate(made.endpoint.id, { secret: makeSecret("hmac").secret })).endpoint.keys,
      ).toHaveLength(2);
      const ed25519 = makeSecret("ed25519").secret;
      await expect(endpoints.create({ ...minimal, secret: ed25519 })).rejects.toThrow(
        refusal("INVALID_SECRET", "secret"),
      );
      await expect(endpoints.rotate(made.endpoint.id, { secret: ed25519 })).rejects.toThrow(
        refusal("INVALID_SECRET", "secret"),
      );
      await expect(endpoints.update(made.endpoint.id, { secret } as object)).rejects.toThrow(
        refusal("INVALID_ENDPOINT", "secret"),
      );
      await expect(endpoints.update(made.endpoint.id, { scheme: "standard-ed25519" })).rejects.toThrow(
        refusal("INVALID_ENDPOINT", "scheme"),
      );
      for (const graceSeconds of [-1, 0.5, 604_801, Number.NaN])
        await expect(endpoints.rotate(made.endpoint.id, { graceSeconds })).rejects.toThrow(
          refusal("INVALID_ENDPOINT", "graceSeconds"),
        );
    });

    test("case 16: after they were made, secrets and header values are in no answer, and not in the database as they are", async () => {
      const header = "Bearer very-secret-token";
      const { endpoint, secret } = await endpoints.create({
        ...minimal,
        headers: { Authorization: header, "x-team": "blue" },
      });
      const rotated = await endpoints.rotate(endpoint.id);
      expect(endpoint.headerNames).toEqual(["Authorization", "x-team"]);
      const answers = [
        endpoint,
        rotated.endpoint,
        await endpoints.get(endpoint.id),
        await endpoints.list(),
        await endpoints.update(endpoint.id, { description: "x" }),
        await endpoints.disable(endpoint.id),
        await endpoints.enable(endpoint.id),
        await rowOf(endpoint.id),
      ];
      const written = JSON.stringify(answers);
      for (const hidden of [header, "very-secret", secret, secret.slice(6), rotated.secret.slice(6)])
        expect(written).not.toContain(hidden);
      const { headers } = (await rowOf(endpoint.id)) as { headers: string };
      expect(JSON.parse(sealing.open(headers, sealedFor("acme", uuidOf("endpoint", endpoint.id))))).toEqual({
        Authorization: header,
        "x-team": "blue",
      });
    });
  });
});
