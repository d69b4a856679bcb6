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
 * Passes when deliveries were made for events of this type, whatever became of them: at least one, or exactly `times`. Returns
 * them, oldest first. They are made after the commit: the loops run, or `work()` was called.
 */
export async function expectEnqueued(
  tidings: DeliveriesSource,
  definition: AnyEventDefinition,
  expected: DeliveryExpectation = {},
): Promise<readonly Delivery[]> {
  const found = await findDeliveries(tidings, definition, expected);
  if (found.enough) return found.matching;
  const message = describeFound("enqueued", definition, expected, found);
  throw new AssertionError({ message, stackStartFn: expectEnqueued });
}
