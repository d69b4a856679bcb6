/**
 * The life of a delivery, on one page. Everything that changes a delivery asks this table, and tests are made from it:
 * each cell is driven through the database, and each empty cell is refused there.
 *
 *   pending ──▶ delivered          retrying ⟲ until the schedule ends
 *      │  ╲───▶ retrying ──▶ failed
 *      ╰──────▶ held ──▶ pending (resent)          anything but expired ──▶ expired
 */

export const deliveryStates = ["pending", "delivered", "retrying", "failed", "held", "expired"] as const;

/**
 * `pending`: waits for its first try, or for the next one by hand. `delivered`: the endpoint answered 2xx. `retrying`: a try
 * failed and the schedule has another one. `failed`: none is left, or the endpoint refused this message. `held`: kept and not
 * sent, because the endpoint is disabled or pulls. `expired`: its message or its endpoint is gone; it can never be sent.
 */
export type DeliveryState = (typeof deliveryStates)[number];

export const deliveryEvents = [
  "succeeded",
  "failedForNow",
  "failedForGood",
  "workerLost",
  "endpointStopped",
  "resent",
  "messageGone",
  "endpointDeleted",
] as const;

/**
 * `failedForNow` and `failedForGood` differ by whether the schedule has another try. `workerLost`: the try's result is not
 * known, because the process died; from the third time in a row on that is a failure like others. `endpointStopped`: it was disabled, or made to pull. `resent`: by hand, or by recovery.
 */
export type DeliveryEvent = (typeof deliveryEvents)[number];

/** What each event makes of each state. An event without an entry cannot happen in that state, or is refused. */
export const deliveryTransitions: {
  readonly [State in DeliveryState]: { readonly [Event in DeliveryEvent]?: DeliveryState };
} = {
  pending: {
    succeeded: "delivered",
    failedForNow: "retrying",
    failedForGood: "failed",
    workerLost: "pending", // sent again at once or soon, under the same id
    endpointStopped: "held",
    resent: "pending", // is about to be sent anyway
    messageGone: "expired",
    endpointDeleted: "expired",
  },
  retrying: {
    succeeded: "delivered",
    failedForNow: "retrying",
    failedForGood: "failed",
    workerLost: "retrying",
    endpointStopped: "held",
    resent: "retrying", // now, instead of when it is due
    messageGone: "expired",
    endpointDeleted: "expired",
  },
  delivered: {
    resent: "pending", // the receiver knows the id, and may drop what it has seen
  },
  failed: {
    resent: "pending",
    messageGone: "expired",
  },
  held: {
    resent: "pending",
    messageGone: "expired",
  },
  expired: {},
};

/** The states in which a delivery has a row in the queue. */
export const openStates = ["pending", "retrying"] as const satisfies readonly DeliveryState[];

/** The state of a delivery that is made for an endpoint. */
export function firstState(endpoint: { readonly active: boolean }): DeliveryState {
  return endpoint.active ? "pending" : "held";
}

/** Null where `event` cannot happen to a delivery in `state`. */
export function nextState(state: DeliveryState, event: DeliveryEvent): DeliveryState | null {
  return deliveryTransitions[state][event] ?? null;
}
