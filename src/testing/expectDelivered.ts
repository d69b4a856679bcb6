import { AssertionError } from "node:assert";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import type { Delivery } from "../webhooks/delivery.ts";
import {
  describeFound,
  findDeliveries,
  type DeliveriesSource,
  type DeliveryExpectation,
} from "./matchDeliveries.ts";

/**
 * Passes when events of this type were delivered, which is that the endpoint answered 2xx: at least one, or exactly `times`.
 * Returns the deliveries, oldest first. They are sent after the commit: the loops run, or `work()` was called.
 */
export async function expectDelivered(
  tidings: DeliveriesSource,
  definition: AnyEventDefinition,
  expected: Omit<DeliveryExpectation, "states"> = {},
): Promise<readonly Delivery[]> {
  const found = await findDeliveries(tidings, definition, { ...expected, states: ["delivered"] });
  if (found.enough) return found.matching;
  const message = describeFound("delivered", definition, expected, found);
  throw new AssertionError({ message, stackStartFn: expectDelivered });
}
