import type { Tx } from "./database.ts";

export type Strategy = "password" | "magic_link";

export interface NewPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly newsletter: boolean;
  readonly createdAt: Date;
}

export interface NewLogin {
  readonly personId: string;
  readonly strategy: Strategy;
  /** Null where the strategy needs none. */
  readonly passwordHash: string | null;
  readonly addedAt: Date;
}

/** Nobody else may have the address. */
export class EmailTaken extends Error {
  override readonly name = "EmailTaken";

  constructor(email: string) {
    super(`Somebody has ${email} already.`);
  }
}

const INSERT_PERSON = `
  insert into people (id, name, email, newsletter, created_at) values ($1, $2, $3, $4, $5)
  on conflict (email) do nothing
  returning id`;

export async function insertPerson(tx: Tx, person: NewPerson): Promise<void> {
  const { id, name, email, newsletter, createdAt } = person;
  const { rows } = await tx.query(INSERT_PERSON, [id, name, email, newsletter, createdAt]);
  if (rows.length === 0) throw new EmailTaken(email);
}

const INSERT_LOGIN = `
  insert into logins (person_id, strategy, password_hash, added_at) values ($1, $2, $3, $4)`;

export async function insertLogin(tx: Tx, login: NewLogin): Promise<void> {
  await tx.query(INSERT_LOGIN, [login.personId, login.strategy, login.passwordHash, login.addedAt]);
}
