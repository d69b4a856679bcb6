import fc from "fast-check";
import type { ClientBase } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pg } from "../../src/db/pg.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import { aMove, ann, commentAdded, card, events } from "../support/boardEvents.ts";
import { movesOfCards } from "../support/boardProjections.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../support/testDatabase.ts";

let database: PostgresTestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A transaction of some events: cards that move, and comments that the projection does not ask for. */
const step = fc.record({
  account: fc.constantFrom("a", "b", "c"),
  card: fc.nat(3),
  moves: fc.nat(4),
  comments: fc.nat(2),
});
const history = fc.array(step, { minLength: 1, maxLength: 30 });

test("whatever the history and the size of batches, what is live, built anew and shown of the past is what the log holds", async () => {
  let version = 0;
  const property = fc.asyncProperty(
    history,
    fc.integer({ min: 1, max: 40 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    async (steps, batch, share) => {
      // Each run is a version that begins with the history of all runs before it.
      const projection = movesOfCards({ version: ++version, batch });
      const tidings = createTidings<ClientBase>({ db: pg(database.pool), events, projections: [projection] });
      await Promise.all(steps.map((each) => recordStep(tidings, each)));
      expect(await tidings.work({ forMs: 30_000 })).toMatchObject({ caughtUp: true });
      const ask = "select account, card, moves from card_moves order by account, card";
      const live = (await database.pool.query<Counted>(ask)).rows;
      expect(live).toEqual(await countedByHand(Number.MAX_SAFE_INTEGER));

      const [{ position } = { position: 0 }] = await tidings.projections.list();
      const past = Math.floor(position * share);
      const shown = await tidings.projections.at("moves", { position: past }, ({ query }) =>
        query<Counted>(ask),
      );
      expect(shown).toEqual(await countedByHand(past));

      await tidings.projections.rebuild("moves");
      expect((await database.pool.query<Counted>(ask)).rows).toEqual(live);
    },
  );
  await fc.assert(property, { numRuns: 8 });
});

interface Counted {
  account: string;
  card: string;
  moves: number;
}

async function recordStep(
  tidings: Tidings<ClientBase>,
  { account, card: id, moves, comments }: { account: string; card: number; moves: number; comments: number },
): Promise<void> {
  const comment = commentAdded({ subject: card(id), refs: { mentioned: [] }, data: { text: "Hm" } });
  const drafts = [
    ...Array<typeof comment>(comments).fill(comment),
    ...Array.from({ length: moves }, () => aMove(id)),
  ];
  await tidings.record(...drafts.map((draft) => ({ ...draft, account, actor: ann })));
}

/** What a projection of the log up to a position must hold. */
async function countedByHand(upTo: number): Promise<Counted[]> {
  const { rows } = await database.pool.query<Counted>(
    `select e.account_id as account, e.subject_id as card, count(*)::int as moves
       from tidings.event_order o join tidings.events e on (e.account_id, e.lane, e.id) = (o.account_id, o.lane, o.event_id)
      where e.type = 'card.moved' and o.pos <= $1 group by 1, 2 order by 1, 2`,
    [upTo],
  );
  return rows;
}
