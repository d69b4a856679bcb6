import { randomUUID } from "node:crypto";
import { exampleEvent, exampleOf } from "../events/catalog.ts";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";

/**
 * An event that never happened, with the definition's example: for test messages and docs. Its id is new at every call unless it is
 * given. Null where no valid example can be made.
 */
export function exampleRecordedEvent(
  definition: AnyEventDefinition,
  { account, id = randomUUID() }: { readonly account: string; readonly id?: string | undefined },
): RecordedEvent | null {
  const data = exampleOf(definition);
  if (data === null) return null;
  const { actor, onBehalfOf, subject, refs, severity, occurredAt } = exampleEvent(definition, data);
  return {
    id,
    type: definition.type,
    version: definition.version,
    account,
    lane: definition.lane,
    severity,
    actor: { type: actor.type, id: actor.id, label: actor.label },
    onBehalfOf,
    subject,
    refs,
    data,
    metadata: {},
    occurredAt,
    causedBy: null,
    causeDepth: 0,
    audience: null,
    kind: null,
    problem: null,
  };
}
