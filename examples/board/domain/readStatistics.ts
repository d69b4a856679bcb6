import { db } from "../database/database.ts";

/** What the page shows below the board. Names are the board's own: it has them. */
export interface Statistics {
  readonly columns: readonly { readonly id: string; readonly cards: number; readonly done: number }[];
  /** Who has cards, and how many of them are done. */
  readonly people: readonly { readonly id: string; readonly cards: number; readonly done: number }[];
  /** From the first day to today, with how things stood at their ends. */
  readonly days: readonly BurnUpDay[];
}

export interface BurnUpDay {
  /** `2026-11-27`, in UTC. */
  readonly day: string;
  readonly total: number;
  readonly done: number;
}

const COLUMNS = `
  select column_id as id, count(*)::int as cards, count(*) filter (where done)::int as done
    from card_states where account_id = $1 and board_id = $2 group by column_id order by column_id`;

const PEOPLE = `
  select assignee_id as id, count(*)::int as cards, count(*) filter (where done)::int as done
    from card_states where account_id = $1 and board_id = $2 and assignee_id is not null
   group by assignee_id order by assignee_id`;

const DAYS = `
  with changed as (select day, added, done from burn_up_days where account_id = $1 and board_id = $2)
  select to_char(days.day, 'YYYY-MM-DD') as day,
         sum(coalesce(added, 0)) over (order by days.day)::int as total,
         sum(coalesce(done, 0)) over (order by days.day)::int as done
    from generate_series(
           (select min(day) from changed)::timestamp,
           greatest((select max(day) from changed), (now() at time zone 'UTC')::date)::timestamp,
           interval '1 day') as days (day)
    left join changed on changed.day = days.day
   order by days.day`;

/** From the tables that the projections keep: nothing here looks at cards. */
export async function readStatistics(account: string, boardId: string): Promise<Statistics> {
  const board = [account, boardId];
  const columns = await db.query<Statistics["columns"][number]>(COLUMNS, board);
  const people = await db.query<Statistics["people"][number]>(PEOPLE, board);
  const days = await db.query<BurnUpDay>(DAYS, board);
  return { columns: columns.rows, people: people.rows, days: days.rows };
}
