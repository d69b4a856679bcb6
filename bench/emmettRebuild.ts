import { answer } from "./childProcess.ts";
import { importPeer } from "./importPeer.ts";

// Emmett's rebuild of the projection of the bench `replay`, in a process of its own.

interface Sql {
  sql(text: string, ...values: readonly unknown[]): string;
}
interface Context {
  readonly execute: { command(sql: string): Promise<unknown> };
}
interface Commented {
  readonly data: {
    readonly account: string;
    readonly refs: { readonly board: { readonly id: string } };
    readonly data: { readonly estimate: number };
  };
}
interface Emmett {
  postgreSQLProjection(definition: {
    name: string;
    canHandle: readonly string[];
    truncate(context: Context): Promise<unknown>;
    handle(events: readonly Commented[], context: Context): Promise<void>;
  }): object;
  rebuildPostgreSQLProjections(options: {
    connectionString: string;
    projection: object;
    pulling: { batchSize: number; pullingFrequencyInMs: number };
  }): { start(): Promise<void>; close(): Promise<void> };
}

export interface EmmettRebuild {
  readonly url: string;
  /** Events that it reads at once. */
  readonly batch: number;
}

/** Resolves to milliseconds. Its `handle` is given one event at a time and stores a checkpoint after each; a batch is one transaction. */
async function rebuild({ url, batch }: EmmettRebuild): Promise<number> {
  const { postgreSQLProjection, rebuildPostgreSQLProjections } = await importPeer<Emmett>(
    "@event-driven-io/emmett-postgresql",
  );
  const { sql } = await importPeer<Sql>("@event-driven-io/dumbo");
  const projection = postgreSQLProjection({
    name: "board_activity",
    canHandle: ["card.commented"],
    truncate: ({ execute }) => execute.command(sql("truncate emmett_board_activity")),
    handle: async (events, { execute }) => {
      for (const { data } of events) {
        await execute.command(sql(ADD, data.account, data.refs.board.id, data.data.estimate));
      }
    },
  });
  const consumer = rebuildPostgreSQLProjections({
    connectionString: url,
    projection,
    pulling: { batchSize: batch, pullingFrequencyInMs: 0 },
  });
  const began = performance.now();
  await consumer.start();
  const took = performance.now() - began;
  await consumer.close();
  return took;
}

const ADD = `
insert into emmett_board_activity as own (account, board, comments, estimate) values (%L, %L, 1, %L)
    on conflict (account, board) do update
   set comments = own.comments + 1, estimate = own.estimate + excluded.estimate`;

answer({ rebuild }, () => Promise.resolve());
