import { deliveryStates, type DeliveryState } from "./api.ts";

/** What of the webhooks is shown: all of it stands in the address, so that back, reload and links work. */
export interface Place {
  readonly endpoint: string | null;
  readonly delivery: string | null;
  readonly form: "new" | "edit" | null;
  readonly states: readonly DeliveryState[];
  readonly type: string | null;
  readonly since: SinceName | null;
}

/** How far back deliveries are shown, in milliseconds. */
export const sinceNames = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000 } as const;
export type SinceName = keyof typeof sinceNames;

/** The list of endpoints. */
export const start: Place = {
  endpoint: null,
  delivery: null,
  form: null,
  states: [],
  type: null,
  since: null,
};

/** What of a place every host writes into the query: the open delivery and the filters. */
export type Detail = Pick<Place, "delivery" | "states" | "type" | "since">;

export function detailIn(query: URLSearchParams): Detail {
  const since = query.get("since");
  return {
    delivery: query.get("delivery"),
    states: deliveryStates.filter((state) => query.getAll("state").includes(state)),
    type: query.get("type"),
    since: since !== null && Object.hasOwn(sinceNames, since) ? (since as SinceName) : null,
  };
}

export function detailQuery({ delivery, states, type, since }: Detail): [name: string, value: string][] {
  return [
    ...states.map((state): [string, string] => ["state", state]),
    ...[["type", type] as const, ["since", since] as const, ["delivery", delivery] as const].flatMap(
      ([name, value]): [string, string][] => (value === null ? [] : [[name, value]]),
    ),
  ];
}
