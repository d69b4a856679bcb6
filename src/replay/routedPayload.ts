import { whyNotPresent, whyUnreadable } from "../events/goldenPayload.ts";
import { presentShape, type FindRoute } from "../events/publishedVersions.ts";
import type { Registry } from "../events/registry.ts";
import type { JsonObject } from "../events/serializable.ts";
import { canUpcast } from "../events/upcast.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { emptyRecord } from "./actionSchema.ts";
import { checkRoutes, routeOf, type CheckedTarget, type Route } from "./routes.ts";

/** Tells of what was published whether the routes of replays still take it. Throws INVALID_OPTION for a route that cannot work. */
export function createRouteFinder(routes: readonly Route<never>[], registry: Registry): FindRoute {
  const checked = checkRoutes(routes, registry);
  return (type, version) => {
    const route = routeOf(checked, { type, version });
    if (!route) return null;
    return (golden) => {
      const isEvent = registry.find(type)?.kind === null;
      const data = isEvent ? golden : { ...emptyRecord(golden) };
      const example = { ...exampleEvent, kind: isEvent ? null : exampleEvent.kind, type, version, data };
      const reasons = route.targets.map((target) => whyRefused(target, golden, example, registry));
      return reasons.find((reason) => reason !== null) ?? null;
    };
  };
}

/** As a replay would hand it over, but for `apply`: what that does with it, only a replay can tell. */
function whyRefused(
  target: CheckedTarget,
  golden: JsonObject,
  event: StoredEvent,
  registry: Registry,
): string | null {
  if (!target.action) return null;
  const { action, input } = target;
  const present = presentShape(action, registry);
  const isItsOwn = registry.find(event.type) === action;
  const reason =
    input === undefined && isItsOwn && canUpcast(action.upcasters, event.version, action.version)
      ? whyUnreadable(golden, event.version, action, present)
      : whyNotPresent(input ? input(structuredClone(golden), event) : golden, action, present);
  return reason === null ? null : `${action.type}: ${reason}`;
}

/** What routes may look at beside the input. Ids are UUIDs, as `ctx.id()` gives them. */
const exampleId = "019ad000-0000-7000-8000-000000000000";
const exampleEntity = { type: "user", id: exampleId, label: null };
const exampleEvent: Omit<StoredEvent, "type" | "version" | "data"> = {
  account: "example",
  lane: "system",
  id: exampleId,
  severity: "info",
  subject: exampleEntity,
  actor: exampleEntity,
  onBehalfOf: null,
  occurredAt: new Date("2026-11-20T09:30:00Z"),
  refs: {},
  metadata: {},
  causedBy: null,
  causeDepth: 0,
  audience: null,
  kind: "create",
};
