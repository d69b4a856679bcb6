import { createHash } from "node:crypto";
import type { ClientBase } from "pg";
import type { NamedStatement } from "./preparedQuery.ts";

/**
 * `sql` under the name by which the connection of `client` keeps it prepared; undefined where it must go unnamed.
 *
 * A statement that the server does not know under its name aborts the caller's transaction, so whether it knows is
 * certain before the first use: where each statement reaches one session of the server, and nobody had it forget.
 */
export function namedStatement(client: ClientBase, sql: string): NamedStatement | undefined {
  const session = sessions.get(client);
  return session && statementOf(session, sql);
}

/** After a statement that went unnamed: asks, once a client, whether those to come may have names. Never throws. */
export async function askAfter(client: ClientBase): Promise<void> {
  const session = sessions.get(client);
  if (session === undefined) {
    // A client that is used once would pay for the question and gain nothing.
    sessions.set(client, { asked: false, keepsStatements: false, statements: new Map() });
    return;
  }
  if (session.asked) return;
  session.asked = true; // at once: what comes meanwhile goes unnamed
  try {
    session.keepsStatements =
      takesQueriesOfOurs(client) && (await isDirect(client)) && watchForgetting(client, session);
  } catch {
    session.asked = false; // the transaction has failed, or the connection: who sends the next statement is told
  }
}

interface Session {
  asked: boolean;
  keepsStatements: boolean;
  readonly statements: Map<string, NamedStatement>;
}

const sessions = new WeakMap<ClientBase, Session>();

/**
 * The process that the connection was told of at its start, for cancelling, is the one that answers now. A pooler tells
 * its clients of processes that it made up.
 */
async function isDirect(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return "processID" in client && client.processID === rows[0]!.pid;
}

/** A client in pipeline mode refuses them. */
function takesQueriesOfOurs(client: ClientBase): boolean {
  return !("pipeline" in client && client.pipeline === true);
}

/** After DISCARD ALL or DEALLOCATE the client goes unnamed for good: whoever resets sessions does so at each use. */
function watchForgetting(client: ClientBase, session: Session): boolean {
  const { connection } = client as { connection?: NodeJS.EventEmitter };
  connection?.on("commandComplete", ({ text }: { text: string }) => {
    if (text === "DISCARD ALL" || text.startsWith("DEALLOCATE")) session.keepsStatements = false;
  });
  return connection !== undefined;
}

// A connection keeps what it has prepared until it ends, and a page's text depends on how many types were asked for.
const MAX_NAMES = 100;
const names = new Map<string, string>();

function statementOf({ keepsStatements, statements }: Session, text: string): NamedStatement | undefined {
  if (!keepsStatements) return undefined;
  const known = statements.get(text);
  if (known !== undefined) return known;
  const name = nameOf(text);
  if (name === undefined) return undefined;
  const statement = { name, text, columns: null };
  statements.set(text, statement);
  return statement;
}

/** Made of the text, so that every copy of this module in a process gives one text one name. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size === MAX_NAMES) return known;
  const name = `tidings_${createHash("sha256").update(sql).digest("hex").slice(0, 16)}`;
  names.set(sql, name);
  return name;
}
