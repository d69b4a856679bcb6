import { randomBytes } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { pgliteScratch } from "../../src/db/pgliteScratch.ts";
import { actions, createAccounts } from "./accounts.ts";
import { schema } from "./database.ts";
import { anonymous, apiKey, job } from "./entities.ts";
import { mailService } from "./mailService.ts";
import { createUserThen, openPastApp } from "./testing/pastApps.ts";

// npx tsx examples/accounts/main.ts
const { createUser, removePerson, renamePerson, requestMagicLink, startSession } = actions;
const secretKey = randomBytes(32).toString("base64");
const db = await PGlite.create();
await db.exec(schema);
const tidings = createAccounts(db, secretKey);
await tidings.migrate();

title("Three years ago, two years ago, last year");
const visitor = { actor: anonymous("visitor", "A visitor"), metadata: { source: "web" } };
const password = "correct horse";
const [ada, bob, cleo] = [
  { firstName: "Ada", lastName: "Lovelace", email: "ada@example.com", password },
  { name: "Bob Ross", email: "bob@example.com", password },
  { name: "Cleo Laine", email: "cleo@example.com", password },
];
await openPastApp(db, 1, secretKey).perform(createUserThen[1], ada, visitor);
await openPastApp(db, 2, secretKey).perform(createUserThen[2], bob, visitor);
await openPastApp(db, 3, secretKey).perform(createUserThen[3], cleo, visitor);
await print("select name, email, newsletter from people order by created_at");

title("Today: Dora registers with a password and gets one mail, and signs in");
const dora = { name: "Dora Maar", email: "dora@example.com", strategy: "password", password } as const;
const registered = await tidings.perform(createUser, dora, visitor);
const personId = registered.result.id;
// In an app, `start` runs this all the time.
await tidings.work();
await tidings.perform(startSession, { email: dora.email, strategy: "password", secret: password }, visitor);

title("Emil never has a password: a link signs him in");
const emil = {
  name: "Emil Nolde",
  email: "emil@example.com",
  strategy: "magic_link",
  password: null,
} as const;
await tidings.perform(createUser, emil, visitor);
await tidings.perform(requestMagicLink, { email: emil.email }, visitor);
await tidings.work();
const token = mailService.sent().find(({ template }) => template === "magic_link")!.token!;
await tidings.perform(startSession, { email: emil.email, strategy: "magic_link", secret: token }, visitor);

title("Others than people act, too");
const crm = { actor: apiKey("key_7", "CRM"), metadata: { requestId: "req_81" } };
await tidings.perform(renamePerson, { personId, name: "Theodora Maar" }, crm);
const [{ id: bobId } = { id: "" }] = (
  await db.query<{ id: string }>("select id from people where email = $1", [bob.email])
).rows;
await tidings.perform(removePerson, { personId: bobId }, { actor: job("nightly", "Nightly clean-up") });
await print("select p.name, l.strategy from people p join logins l on l.person_id = p.id order by added_at");

title("All of it is in the log, off every feed");
const { items } = await tidings.feed({ lanes: ["system"], limit: 50 });
for (const { type, text } of items.toReversed()) console.log(`  ${type.padEnd(20)} ${text}`);

title("Replayed into an empty database: row by row the same, and nobody gets a mail");
const sentBefore = mailService.sent().length;
const scratch = await pgliteScratch({ prepare: (empty) => empty.exec(schema) });
const report = await tidings.replay({ into: scratch.db, compare: true });
for (const { type, version, events, by, detail } of report.counts) {
  const how = by === "route" ? `to ${detail}` : by === "action" ? "" : `${by}: ${detail}`;
  console.log(`  ${String(events).padStart(2)} × ${type} v${version} ${how}`);
}
for (const { table, same, missing, extra, different } of report.tables ?? []) {
  console.log(`  ${table}: ${same} same, ${missing + extra + different} not`);
}
console.log(`  mails sent by it: ${mailService.sent().length - sentBefore}`);
await scratch.drop();

title("Somebody breaks the tables by hand; a replay in place repairs them");
await db.query("update logins set password_hash = 'gone'");
await db.query("update emails set status = 'lost'");
const repaired = await tidings.replay({});
console.log(`  ${repaired.replayed} actions replayed in ${repaired.milliseconds} ms`);
const again = await tidings.perform(
  startSession,
  { email: ada.email, strategy: "password", secret: password },
  visitor,
);
console.log(`  Ada's password is right again: session of ${again.result.personId}`);
process.exit();

function title(text: string): void {
  console.log(`\n${text}`);
}

async function print(sql: string): Promise<void> {
  const { rows } = await db.query<Record<string, unknown>>(sql);
  for (const row of rows) console.log(`  ${Object.values(row).join(" · ")}`);
}
