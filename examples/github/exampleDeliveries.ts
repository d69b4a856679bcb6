import { createRequire } from "node:module";
import type { Delivery } from "./mapDelivery.ts";

interface EventExamples {
  readonly name: string;
  readonly examples: readonly object[];
}

/** The payloads that people sent in to octokit/webhooks, numbered, because the package leaves out the delivery's id. */
export function exampleDeliveries(): readonly Delivery[] {
  // JSON is required rather than imported: Node 20 prints a warning for an import of it.
  const events = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly EventExamples[];
  return events.flatMap(({ name, examples }) =>
    examples.map((payload, index) => ({ id: `${name}-${index + 1}`, event: name, payload })),
  );
}
