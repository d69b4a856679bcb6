import type { Database, Transaction } from "../db/database.ts";
import { createLoop, type Loop } from "../log/loop.ts";
import type { Signals } from "../signals.ts";
import { lockEndpoint } from "./endpointRow.ts";
import { sealedFor, type Sealing } from "./sealing.ts";

const EVERY_MS = 3_600_000;
const AT_ONCE = 100;

/** Lets an older `webhooks.secretKey` go: what it sealed is sealed with the newest one. Any number of processes may do it. */
export function createResealing(db: Database, sealing: Sealing, signals: Signals): Loop {
  return createLoop("webhook resealing", signals, async () => {
    return (await reseal(db, sealing)) === AT_ONCE ? 0 : EVERY_MS;
  });
}

// Of all accounts: the key is the app's. Those that were deleted hold nothing.
const FIND = `
select e.account_id as account, e.id::text
  from tidings.endpoints e
 where not starts_with(e.headers, $1::text)
    or exists (select from jsonb_array_elements(e.secrets) s where not starts_with(s->>'sealed', $1::text))
 order by e.account_id, e.id limit ${AT_ONCE}`;

/** Returns for how many endpoints it was done, one transaction each. */
export async function reseal(db: Database, sealing: Sealing): Promise<number> {
  const found = await db.query<{ account: string; id: string }>(FIND, [sealing.newest]);
  for (const { account, id } of found) await db.transaction((tx) => resealEndpoint(tx, account, id, sealing));
  return found.length;
}

const WRITE = `
update tidings.endpoints set secrets = $3::text::jsonb, headers = $4::text where account_id = $1 and id = $2::uuid`;

/** What workers opened and keep stays right, so that the revision does too. */
async function resealEndpoint(tx: Transaction, account: string, id: string, sealing: Sealing): Promise<void> {
  const { secrets, headers } = await lockEndpoint(tx, account, id);
  const bound = sealedFor(account, id);
  const again = (sealed: string) => sealing.seal(sealing.open(sealed, bound), bound);
  const resealed = secrets.map((secret) => ({ ...secret, sealed: again(secret.sealed) }));
  await tx.query(WRITE, [account, id, JSON.stringify(resealed), headers && again(headers)]);
}
