// What the guides import and this repository does not install: as much of it as their programs use.
declare module "next" {
  export interface NextConfig {
    skipTrailingSlashRedirect?: boolean;
    output?: "standalone";
    outputFileTracingIncludes?: Record<string, string[]>;
  }
}
declare module "express" {
  import type { IncomingMessage, ServerResponse } from "node:http";
  interface Asked extends IncomingMessage {
    url: string;
    body: { title: string };
    params: { person: string; id: string };
  }
  interface Answer extends ServerResponse {
    cookie(name: string, value: string, options: { httpOnly: boolean; sameSite: "lax" }): void;
    json(value: unknown): void;
    redirect(address: string): void;
    sendStatus(status: number): void;
  }
  type Handler = (request: Asked, response: Answer, next: () => void) => unknown;
  interface App {
    use(handler: Handler): void;
    get(path: string, handler: Handler): void;
    post(path: string, handler: Handler): void;
    listen(port: number, ready: () => void): { close(): void };
  }
  interface Express {
    (): App;
    static(folder: string): Handler;
    json(): Handler;
  }
  const express: Express;
  export default express;
}
declare module "drizzle-orm" {
  export function sql(text: TemplateStringsArray, ...values: unknown[]): unknown;
}
declare module "drizzle-orm/node-postgres" {
  import type { PoolClient } from "pg";
  interface Executing {
    execute(statement: unknown): Promise<unknown>;
  }
  export function drizzle(options: { client: PoolClient }): {
    transaction(work: (tx: Executing) => Promise<void>): Promise<void>;
  };
}
declare module "knex" {
  import type { ClientBase } from "pg";
  interface Query {
    where(values: object): Query;
    update(values: object): Promise<number>;
  }
  interface Transacting {
    (table: string): Query;
    readonly client: { acquireConnection(): Promise<ClientBase> };
  }
  export default function knex(options: { client: "pg"; connection: string | undefined }): {
    transaction(work: (trx: Transacting) => Promise<void>): Promise<void>;
  };
}
declare module "kysely" {
  export interface PostgresPoolClient {
    query(
      sql: string,
      parameters: readonly unknown[],
    ): Promise<{ command: "UPDATE"; rowCount: number; rows: never[] }>;
    release(): void;
  }
  export class PostgresDialect {
    constructor(options: { pool: { connect(): Promise<PostgresPoolClient>; end(): Promise<void> } });
  }
  interface Update {
    set(values: object): Update;
    where(column: string, operator: "=", value: unknown): Update;
    execute(): Promise<unknown>;
  }
  interface Executing<Tables> {
    updateTable(table: keyof Tables): Update;
  }
  export class Kysely<Tables> {
    constructor(options: { dialect: PostgresDialect });
    transaction(): { execute(work: (trx: Executing<Tables>) => Promise<void>): Promise<void> };
  }
}
