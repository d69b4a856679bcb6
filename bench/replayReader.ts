import { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings, defineProjection } from "../src/index.ts";
import { createReadAhead } from "../src/log/readAhead.ts";
import { commentOnCard } from "./boardActions.ts";
import * as events from "./boardEvents.ts";
import { cardCommented } from "./boardEvents.ts";
import { answer } from "./childProcess.ts";

// What reads the log from its beginning in the bench `replay`: one question a process, so that its memory is its own.

/** Databases by their URLs. */
export interface ReplayPlaces {
  readonly events: string;
  readonly actions: string;
  /** Empty but for the table of the actions. */
  readonly into: string;
}

export interface ReplayMeasure {
  /** How many events it got, so that nobody is fast who left some out. */
  readonly events: number;
  readonly ms: number;
  /** The most memory that the process ever held, MB: with Node and the compiler's tsx about 130. */
  readonly peakRssMb: number;
}

/** What a board saw: the same table and figures as emmett's. */
const boardActivity = defineProjection("board_activity", {
  events: [cardCommented],
  tables: {
    board_activity:
      '(account text collate "C", board text collate "C", comments integer not null, estimate float8 not null, primary key (account, board))',
  },
  run: async (commented, { query, table }) => {
    const boards = new Map<string, { account: string; board: string; comments: number; estimate: number }>();
    for (const { account, refs, data } of commented) {
      const key = `${account} ${refs.board.id}`;
      const of = boards.get(key) ?? { account, board: refs.board.id, comments: 0, estimate: 0 };
      boards.set(key, { ...of, comments: of.comments + 1, estimate: of.estimate + data.estimate });
    }
    await query(
      `insert into ${table("board_activity")} as own
       select * from jsonb_to_recordset($1::text::jsonb) as (account text, board text, comments integer, estimate float8)
           on conflict (account, board) do update
          set comments = own.comments + excluded.comments, estimate = own.estimate + excluded.estimate`,
      [JSON.stringify([...boards.values()])],
    );
  },
});

/** Every event, in order, read and let go. */
async function scan(places: ReplayPlaces): Promise<ReplayMeasure> {
  return measured(places.events, async (pool) => {
    const read = createReadAhead(pg(pool), { types: [cardCommented.type], lanes: ["domain"] });
    let events = 0;
    for (let after = 0, more = true; more;) {
      const run = await read(after);
      events += run.events.length;
      ({ scannedTo: after, more } = run);
    }
    return events;
  });
}

/** From nothing to tables that everybody reads. */
async function project(places: ReplayPlaces): Promise<ReplayMeasure> {
  return measured(places.events, async (pool) => {
    const tidings = createTidings({ db: pg(pool), events, projections: [boardActivity] });
    await tidings.projections.rebuild(boardActivity.name);
    const { rows } = await pool.query<{ events: number }>(
      "select sum(comments)::int as events from board_activity",
    );
    return rows[0]!.events;
  });
}

/** Every action, into a database of its own. */
async function act(places: ReplayPlaces): Promise<ReplayMeasure> {
  const into = new Pool({ connectionString: places.into });
  try {
    return await measured(places.actions, async (pool) => {
      const tidings = createTidings({ db: pg(pool), events, actions: [commentOnCard] });
      return (await tidings.replay({ into: pg(into) })).replayed;
    });
  } finally {
    await into.end();
  }
}

async function measured(url: string, work: (pool: Pool) => Promise<number>): Promise<ReplayMeasure> {
  const pool = new Pool({ connectionString: url });
  try {
    await pool.query("select 1");
    const began = performance.now();
    const events = await work(pool);
    const ms = performance.now() - began;
    return { events, ms, peakRssMb: process.resourceUsage().maxRSS / 1_024 };
  } finally {
    await pool.end();
  }
}

answer({ scan, project, act }, () => Promise.resolve());
