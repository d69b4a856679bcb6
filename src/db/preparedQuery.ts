import type { Submittable } from "pg";
import type { Parameter } from "./database.ts";
import { bindExecuteSync, describe, parse } from "./extendedQuery.ts";

/** A statement under the name by which one connection keeps it. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  /** What its rows hold, once the server has said so. */
  columns: readonly Column[] | null;
}

interface Column {
  readonly name: string;
  readonly read: (text: string) => string | number | boolean;
}

type Answer<Row> = (error: Error | null, rows: Row[]) => void;

/**
 * Runs a named statement: `client.query(new PreparedQuery(…))`, as pg-cursor and other queries of one's own for node-postgres.
 *
 * Its own Query copies the configuration property by property and has the columns described and their parsers chosen each
 * time. Of a transaction that records an event that was 25 µs of Node's 110, and 15 of the server's (16 writers, two
 * cores, measured). Here the server describes the columns once a connection, and values are what the seam allows (database.ts).
 */
export class PreparedQuery<Row extends object> implements Submittable {
  // Under these names pg and what watches it (OpenTelemetry, dd-trace) look for them, and may put another callback in place.
  readonly name: string;
  readonly text: string;
  readonly values: readonly Parameter[];
  callback: Answer<Row>;

  readonly #statement: NamedStatement;
  readonly #rows: Row[] = [];
  #failed = false;

  constructor(statement: NamedStatement, values: readonly Parameter[], callback: Answer<Row>) {
    this.name = statement.name;
    this.text = statement.text;
    this.values = values;
    this.callback = callback;
    this.#statement = statement;
  }

  /** Returns what cannot be sent, as pg expects: after an error that is thrown its client would wait for an answer for ever. */
  submit(given: object): Error | undefined {
    const { stream, parsedStatements } = given as Connection;
    if (!stream.writable) return undefined; // pg fails all that waits when the connection ends
    try {
      stream.write(this.#messages(parsedStatements));
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #messages(parsed: Connection["parsedStatements"]): Buffer {
    const { name, text, values } = this;
    const messages = [bindExecuteSync(name, values)];
    if (this.#statement.columns === null) messages.unshift(describe(name));
    if (parsed[name] === undefined) messages.unshift(parse(name, text));
    return messages.length === 1 ? messages[0]! : Buffer.concat(messages);
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#statement.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: readers.get(dataTypeID) ?? asIs,
    }));
  }

  handleDataRow({ fields }: DataRow): void {
    const columns = this.#statement.columns!;
    const row: Record<string, string | number | boolean | null> = {};
    for (let index = 0; index < columns.length; index++) {
      const text = fields[index]!;
      const { name, read } = columns[index]!;
      row[name] = text === null ? null : read(text);
    }
    this.#rows.push(row as Row);
  }

  handleCommandComplete(): void {
    // What counts is that the server is ready again.
  }

  handleError(error: Error): void {
    this.#failed = true;
    this.callback(error, []);
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.callback(null, this.#rows);
  }
}

const asIs = (text: string) => text;

/** By the type's OID; whatever else there is comes as text. */
const readers = new Map<number, Column["read"]>([
  [16, (text) => text === "t"], // boolean
  [21, Number], // smallint
  [23, Number], // integer
  [700, Number], // real
  [701, Number], // double precision
]);

/** What is used of node-postgres' connection, for which there are no types. */
interface Connection {
  /** By name: what the server was given and took. */
  readonly parsedStatements: { readonly [name: string]: string | undefined };
  readonly stream: { readonly writable: boolean; write(messages: Buffer): unknown };
}

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

interface DataRow {
  readonly fields: readonly (string | null)[];
}
