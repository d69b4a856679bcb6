import { cardAdded, cardMoved, type card } from "../../test/support/boardEvents.ts";
import { defineEntity } from "../events/entity.ts";
import type { RecordedOf } from "../events/stateReducer.ts";
import type { Tidings } from "../tidings.ts";
import { defineProjection } from "./defineProjection.ts";

// What the compiler knows of projections and folds. Compiled with everything else; nothing runs.

declare const tidings: Tidings;
declare const aCard: ReturnType<typeof card>;

export const typed = defineProjection("typed", {
  events: [cardAdded, cardMoved],
  tables: { cards: "(id text)" },
  on: {
    "card.added": async ({ refs, account, position }, { query, table }) => {
      const board: string = refs.board.id;
      await query(`insert into ${table("cards")} values ($1)`, [board + account + position]);
      // @ts-expect-error a table that it does not have
      table("boards");
    },
    "card.moved": ({ data }) => {
      const place: number = data.position;
      // @ts-expect-error data that the event does not have
      return void [place, data.where];
    },
  },
});

export const inBulk = defineProjection("bulk", {
  events: [cardAdded, cardMoved],
  tables: { cards: "(id text)" },
  run: (events) => {
    for (const event of events) {
      if (event.type === "card.moved") event.data.position satisfies number;
      else event.refs.board satisfies { type: "board" };
    }
  },
});

export const incomplete = defineProjection("incomplete", {
  events: [cardAdded, cardMoved],
  tables: { cards: "(id text)" },
  // @ts-expect-error every type has a handler
  on: { "card.added": () => undefined },
});

export const foldedTo: Promise<{ places: number[] }> = tidings.fold(aCard, {
  initial: { places: [] as number[] },
  on: {
    "card.moved": (state, { data, occurredAt }: RecordedOf<typeof cardMoved>) => ({
      places: [...state.places, data.position, occurredAt.getTime()],
    }),
  },
});

export const parcel = defineEntity("parcel", {
  state: {
    initial: { place: null as string | null },
    on: {
      "parcel.sent": (state, { data }: { data: { to: string } }) => ({ ...state, place: data.to }),
      // @ts-expect-error another state than it began with
      "parcel.lost": () => ({ gone: true }),
    },
  },
});
