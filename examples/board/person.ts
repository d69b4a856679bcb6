import { db } from "./database/database.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
}

const firstPerson: Person = { id: "ann", name: "Ann" };

/**
 * Who asks. The sample has no passwords: each window says whom it plays, in a header, so that two windows of one
 * browser can be two people. The cookie speaks for the dashboard, which knows no such header.
 */
export async function personOf(request: Request): Promise<Person> {
  const id = request.headers.get("x-person") ?? cookieOf(request, "person");
  if (id === undefined) return firstPerson;
  const { rows } = await db.query<Person>("select id, name from members where id = $1", [id]);
  return rows[0] ?? firstPerson;
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([key]) => key === name)?.[1];
}
