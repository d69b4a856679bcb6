import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pgliteScratch } from "../../src/db/pgliteScratch.ts";
import { systemActor } from "../../src/index.ts";
import { expectReplayEqualsState } from "../../src/testing/index.ts";
import { createTestPglite, type PgliteTestDatabase } from "../../test/support/testDatabase.ts";
import { type Accounts, actions, createAccounts } from "./accounts.ts";
import { schema } from "./database.ts";
import { anonymous, apiKey, job, person } from "./entities.ts";
import { mailService } from "./mailService.ts";
import { createUserThen, openPastApp } from "./testing/pastApps.ts";

const { createUser, createUserV1, removePerson, renamePerson, requestMagicLink, startSession } = actions;

const secretKey = randomBytes(32).toString("base64");
const password = "correct horse battery";
const visitor = { actor: anonymous("visitor", "A visitor"), metadata: { source: "web", requestId: "r1" } };
const ann = { name: "Ann", email: "Ann@Example.com", strategy: "password", password } as const;
const linked = { name: "Lin", email: "lin@example.com", strategy: "magic_link", password: null } as const;

let database: PgliteTestDatabase;
let tidings: Accounts;

beforeEach(async () => {
  database = await createTestPglite();
  await database.client.exec(schema);
  tidings = createAccounts(database.client, secretKey);
});
afterEach(() => database.drop());

async function rows<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
  return (await database.client.query<Row>(sql, parameters)).rows;
}

/** What the log has of actions, oldest first. */
function recorded() {
  return rows<{ type: string; kind: string; actor: string; text: string }>(
    "select type, kind, actor_type as actor, events::text as text from tidings.events where kind is not null order by seq",
  );
}

async function types(): Promise<string[]> {
  return (await recorded()).map(({ type }) => type);
}

function signIn(email: string, secret: string) {
  return tidings.perform(startSession, { email, strategy: "password", secret }, visitor);
}

/** A copy of an empty database that is there already: a new one takes seconds. */
function scratch() {
  const open = async () => (await createTestPglite({ migrated: false })).client;
  return pgliteScratch({ open, prepare: (empty) => empty.exec(schema) });
}

describe("registering", () => {
  test("keeps a hash that signs in, and neither password nor hash can be read in the log", async () => {
    await tidings.perform(createUser, ann, visitor);
    const [login] = await rows<{ password_hash: string }>("select password_hash from logins");
    const [event] = await recorded();
    expect(event!.text).not.toContain(password);
    expect(event!.text).not.toContain(login!.password_hash);
    const { result } = await signIn("ann@example.com", password);
    expect(result.token).toMatch(/^[\w-]{32}$/);
  });

  test("gives exactly three events with its mail: asked for, sent, noted", async () => {
    const before = mailService.sent().length;
    await tidings.perform(createUser, ann, visitor);
    await tidings.work();
    expect(await types()).toEqual(["user.create", "email.send", "email.update_status"]);
    expect(mailService.sent().slice(before)).toEqual([
      { to: "ann@example.com", template: "welcome", token: null },
    ]);
    expect(await rows("select template, status, receipt is not null as known from emails")).toEqual([
      { template: "welcome", status: "sent", known: true },
    ]);
  });

  test("with an address that somebody has is refused, and leaves no event", async () => {
    await tidings.perform(createUser, ann, visitor);
    const second = tidings.perform(createUser, { ...ann, name: "Another Ann" }, visitor);
    await expect(second).rejects.toMatchObject({ name: "EmailTaken" });
    expect(await types()).toEqual(["user.create"]);
  });
});

describe("signing in", () => {
  test("with a wrong password is refused, and leaves neither a session nor an event", async () => {
    await tidings.perform(createUser, ann, visitor);
    await expect(signIn("ann@example.com", "wrong")).rejects.toMatchObject({ name: "WrongCredentials" });
    expect(await rows("select 1 from sessions")).toEqual([]);
    expect(await types()).toEqual(["user.create"]);
  });

  test("by a link works once, and both strategies are told apart", async () => {
    await tidings.perform(createUser, ann, visitor);
    await tidings.perform(createUser, linked, visitor);
    await tidings.perform(requestMagicLink, { email: linked.email }, visitor);
    await tidings.work();
    const { token } = mailService.sent().findLast(({ template }) => template === "magic_link")!;
    const byLink = { email: linked.email, strategy: "magic_link", secret: token! } as const;
    await tidings.perform(startSession, byLink, visitor);
    await expect(tidings.perform(startSession, byLink, visitor)).rejects.toMatchObject({
      name: "WrongCredentials",
    });
    await signIn("ann@example.com", password);
    expect(
      await rows(
        "select name, strategy from sessions join people on people.id = person_id order by started_at",
      ),
    ).toEqual([
      { name: "Lin", strategy: "magic_link" },
      { name: "Ann", strategy: "password" },
    ]);
  });

  test("by a link for an address that nobody has does nothing and records nothing", async () => {
    const { event } = await tidings.perform(requestMagicLink, { email: "nobody@example.com" }, visitor);
    expect(event).toBeNull();
    expect(await types()).toEqual([]);
  });
});

describe("who did it", () => {
  test("may be a visitor, an API key, a job or the system, each with its metadata", async () => {
    const { result } = await tidings.perform(createUser, ann, visitor);
    const personId = result.id;
    const renamed = { personId, name: "Anna" };
    await tidings.perform(renamePerson, renamed, {
      actor: apiKey("key_7", "CRM"),
      metadata: { requestId: "r2" },
    });
    await tidings.perform(renamePerson, { personId, name: "Anne" }, { actor: systemActor });
    await tidings.perform(removePerson, { personId }, { actor: job("nightly"), metadata: { run: 12 } });
    const { items } = await tidings.events.list({ of: person(personId), lanes: ["system"] });
    expect(items.map(({ actor, metadata }) => [actor.type, metadata]).toReversed()).toEqual([
      ["anonymous", { source: "web", requestId: "r1" }],
      ["api_key", { requestId: "r2" }],
      ["system", {}],
      ["job", { run: 12 }],
    ]);
    expect((await recorded()).map(({ kind }) => kind)).toEqual(["create", "update", "update", "destroy"]);
  });

  test("and whoever saw an older state may ask to be refused", async () => {
    const { result } = await tidings.perform(createUser, ann, visitor);
    const rename = (name: string, expectedVersion: number) =>
      tidings.perform(renamePerson, { personId: result.id, name }, { ...visitor, expectedVersion });
    await rename("Anna", 1);
    await expect(rename("Anne", 1)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
    expect(await rows("select name from people")).toEqual([{ name: "Anna" }]);
  });
});

/** Registers somebody as the app did when `version` was the newest. */
const registerThen = {
  1: () => {
    const input = { firstName: "Ada", lastName: "Lovelace", email: "ada@example.com", password };
    return openPastApp(database.client, 1, secretKey).perform(createUserThen[1], input, visitor);
  },
  2: () => {
    const input = { name: "Bob", email: "bob@example.com", password };
    return openPastApp(database.client, 2, secretKey).perform(createUserThen[2], input, visitor);
  },
  3: () => {
    const input = { name: "Cleo", email: "cleo@example.com", password };
    return openPastApp(database.client, 3, secretKey).perform(createUserThen[3], input, visitor);
  },
};

describe("a replay", () => {
  test("gives the same rows: hashes, tokens, times, and what became of mails", async () => {
    await tidings.perform(createUser, ann, visitor);
    await tidings.perform(createUser, linked, visitor);
    await tidings.perform(requestMagicLink, { email: linked.email }, visitor);
    await signIn("ann@example.com", password);
    await tidings.work();
    const before = mailService.sent().length;
    const report = await expectReplayEqualsState(tidings, { scratch });
    expect(report.replayed).toBe(10);
    expect(mailService.sent().length).toBe(before);
  });

  test("in place repairs what was broken by hand, records nothing and sends nothing", async () => {
    await tidings.perform(createUser, ann, visitor);
    await tidings.work();
    const [before, events, mails] = [
      await rows("select * from emails"),
      await types(),
      mailService.sent().length,
    ];
    await rows("update emails set status = 'lost', receipt = null");
    await rows("update logins set password_hash = 'gone'");
    await tidings.replay({});
    await tidings.work();
    expect(await rows("select * from emails")).toEqual(before);
    expect(await types()).toEqual(events);
    expect(mailService.sent().length).toBe(mails);
    await signIn("ann@example.com", password);
  });

  test("takes each older version by its route, one of them to a person and a login", async () => {
    await registerThen[1]();
    await registerThen[2]();
    await registerThen[3]();
    const { counts } = await expectReplayEqualsState(tidings, { scratch });
    expect(counts.map(({ version, by, detail }) => [version, by, detail])).toEqual([
      [1, "route", "user.create_v1"],
      [2, "route", "person.create, login.add"],
      [3, "route", "user.create_v3"],
    ]);
    await tidings.replay({});
    for (const email of ["ada@example.com", "bob@example.com", "cleo@example.com"]) {
      await signIn(email, password);
    }
    expect(await rows("select name, newsletter from people order by created_at")).toEqual([
      { name: "Ada Lovelace", newsletter: true },
      { name: "Bob", newsletter: true },
      { name: "Cleo", newsletter: false },
    ]);
  });

  test("up to an event gives the state that it left", async () => {
    const { event } = await registerThen[3]();
    await tidings.perform(createUser, ann, visitor);
    await tidings.replay({ until: { eventId: event!.id } });
    expect(await rows("select name from people")).toEqual([{ name: "Cleo" }]);
  });

  test("stops at a version that no route and no action knows", async () => {
    await registerThen[2]();
    const ignorant = createAccounts(database.client, secretKey, { routes: [] });
    const empty = await scratch();
    const replay = ignorant.replay({ into: empty.db });
    await expect(replay).rejects.toMatchObject({ code: "REPLAY_UNKNOWN_VERSION" });
    await empty.drop();
  });

  test("is all that an ignored action is for", async () => {
    const input = { firstName: "Ada", lastName: "Lovelace", email: "ada@example.com", password };
    await expect(tidings.perform(createUserV1, input, visitor)).rejects.toMatchObject({
      code: "ACTION_IGNORED",
    });
  });
});
