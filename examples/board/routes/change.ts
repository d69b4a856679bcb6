import { db, type Tx } from "../database/database.ts";
import type { Change } from "../domain/change.ts";
import { user } from "../entities.ts";
import { personOf, type Person } from "../person.ts";
import { account, tidings } from "../tidings.ts";

/** Runs a domain method in one transaction, in the name of whoever sent the request. */
export async function change<Result extends Change>(
  request: Request,
  method: (tx: Tx, person: Person) => Promise<Result>,
): Promise<Result> {
  const person = await personOf(request);
  return tidings.run({ account, actor: user(person.id, person.name) }, () =>
    db.transaction((tx) => method(tx, person)),
  );
}
