import { anything, refuseOption, wrongOption, type OptionKinds } from "../checkOptions.ts";
import { isEventDefinition, type AnyEventDefinition } from "../events/defineEvent.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { JsonObject } from "../events/serializable.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { isActionDefinition, type AnyActionDefinition } from "./defineAction.ts";

/** What replays events of a type, or of some of its versions, instead of the action itself. The first that fits counts. */
export type Route<Handle = unknown> = RouteOf & (RouteTo<Handle> | RouteNowhere);

interface RouteOf {
  /** An action, or an event of any other type: its definition, its name or an older one. */
  readonly from: AnyActionDefinition | AnyEventDefinition | string;
  /** Default: all of them. */
  readonly versions?: readonly number[] | undefined;
}

interface RouteTo<Handle> {
  /** One after the other, all in one transaction. An action alone takes the input as it was stored, or as its upcasters make it. */
  readonly to: RouteTarget<Handle> | readonly RouteTarget<Handle>[];
  readonly ignore?: undefined;
}

interface RouteNowhere {
  /** Why these events are not replayed: a report says so. */
  readonly ignore: string;
  readonly to?: undefined;
}

export type RouteTarget<Handle = unknown> =
  | AnyActionDefinition
  | {
      readonly action: AnyActionDefinition;
      /** Makes what the action takes from the input as it was stored. */
      input(stored: JsonObject, event: StoredEvent): unknown;
      readonly apply?: undefined;
    }
  | {
      /** Writes with `tx` what the event means, which comes as an action would get it: also what is sensitive. It has no effects. */
      apply(event: PositionedEvent, context: { readonly tx: Handle }): Promise<unknown> | void;
      readonly action?: undefined;
    };

/** A checked route. */
export interface CheckedRoute {
  /** Names by which the log may know the type. */
  readonly types: readonly string[];
  readonly versions: readonly number[] | null;
  readonly targets: readonly CheckedTarget[];
  /** Why, of a route that leads nowhere. */
  readonly ignore: string | null;
  /** The actions that it leads to, or what it ignores, for reports. */
  readonly detail: string;
}

export type CheckedTarget =
  | {
      readonly action: AnyActionDefinition;
      /** Undefined: what was stored. */
      readonly input: ((stored: JsonObject, event: StoredEvent) => unknown) | undefined;
    }
  | { readonly apply: CheckedApply; readonly action?: undefined };

export type CheckedApply = (
  event: PositionedEvent,
  context: { readonly tx: unknown },
) => Promise<unknown> | void;

/** Checks routes. Throws INVALID_OPTION, with the path, for one that cannot work. */
export function checkRoutes(
  routes: readonly Route<never>[],
  registry: Registry,
  path: readonly string[] = ["routes"],
): CheckedRoute[] {
  return routes.map((route, index) => {
    const refuse = (what: string) => refuseOption([...path, index], what);
    const wrong = wrongOption(route, routeOptions);
    if (wrong) refuseOption([...path, index, ...wrong.path], wrong.what);
    const { from, versions, to, ignore } = route as Route;
    const type = typeof from === "string" ? from : isEventDefinition(from) ? from.type : "";
    if (type === "") refuse("needs from: a definition or the name of a type");
    if ((to === undefined) === (ignore === undefined)) refuse("needs either to, or ignore with a reason");
    if (ignore !== undefined && (typeof ignore !== "string" || ignore.trim() === ""))
      refuse("ignore must say why");
    const targets = [to ?? []]
      .flat()
      .map((target) => targetOf(target) ?? refuse("to must hold actions, { action, input } or { apply }"));
    if (to !== undefined && targets.length === 0) refuse('to is empty (ignore: "why" leads nowhere)');
    return {
      types: namesOf(from, type, registry),
      versions: versions ?? null,
      targets,
      ignore: ignore ?? null,
      detail: ignore ?? targets.map(nameOf).join(", "),
    };
  });
}

const routeOptions = {
  from: anything,
  versions: {
    holds: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((version) => Number.isInteger(version) && version >= 1),
    must: "must be a list of whole numbers from 1",
  },
  to: anything,
  ignore: anything,
} satisfies OptionKinds;

/** The route of an event, if it has one. */
export function routeOf(
  routes: readonly CheckedRoute[],
  event: Pick<StoredEvent, "type" | "version">,
): CheckedRoute | undefined {
  return routes.find(
    ({ types, versions }) => types.includes(event.type) && (versions?.includes(event.version) ?? true),
  );
}

function targetOf(target: RouteTarget): CheckedTarget | null {
  if (isActionDefinition(target)) return { action: target, input: undefined };
  if (typeof target !== "object" || target === null) return null;
  if (typeof target.apply === "function") return target;
  return isActionDefinition(target.action) && typeof target.input === "function" ? target : null;
}

function namesOf(from: RouteOf["from"], type: string, registry: Registry): readonly string[] {
  // Also what the app's registry does not hold: an old definition that only routes name.
  const own = typeof from === "string" ? [] : from.aliases;
  return [...new Set([type, ...own, ...(registry.expand(type) ?? [])])];
}

function nameOf(target: CheckedTarget): string {
  return target.action?.type ?? "apply";
}
