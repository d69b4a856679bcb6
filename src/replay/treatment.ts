import type { Registry } from "../events/registry.ts";
import { canUpcast } from "../events/upcast.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { isActionDefinition } from "./defineAction.ts";
import { routeOf, type CheckedRoute, type CheckedTarget } from "./routes.ts";

/** What becomes of an event in a replay. */
export type Treatment =
  | {
      readonly by: "action" | "route";
      readonly targets: readonly CheckedTarget[];
      readonly detail: string | null;
    }
  | { readonly by: "ignored"; readonly detail: string }
  | {
      readonly by: "unknown";
      readonly code: "REPLAY_UNKNOWN_TYPE" | "REPLAY_UNKNOWN_VERSION";
      readonly detail: string;
    };

/** Routes come first; then the action itself, when it can read the version. */
export function createTreatments(
  routes: readonly CheckedRoute[],
  registry: Registry,
): (event: Pick<StoredEvent, "type" | "version">) => Treatment {
  const known = new Map<string, Treatment>();
  return (event) => {
    const key = `${event.version} ${event.type}`;
    const before = known.get(key);
    if (before) return before;
    const treatment = treatmentOf(event, routes, registry);
    known.set(key, treatment);
    return treatment;
  };
}

function treatmentOf(
  event: Pick<StoredEvent, "type" | "version">,
  routes: readonly CheckedRoute[],
  registry: Registry,
): Treatment {
  const route = routeOf(routes, event);
  if (route?.ignore != null) return { by: "ignored", detail: route.ignore };
  if (route) return { by: "route", targets: route.targets, detail: route.detail };
  const action = registry.find(event.type);
  if (!isActionDefinition(action)) {
    return { by: "unknown", code: "REPLAY_UNKNOWN_TYPE", detail: `No action is called "${event.type}"` };
  }
  const { version, upcasters } = action;
  if (canUpcast(upcasters, event.version, version)) {
    return { by: "action", targets: [{ action, input: undefined }], detail: null };
  }
  const has = `${action.type} has version ${version}`;
  return {
    by: "unknown",
    code: "REPLAY_UNKNOWN_VERSION",
    detail:
      event.version < version
        ? `${has} and no upcaster for ${event.version}`
        : `${has}, the log ${event.version}`,
  };
}
