/** Fans events out to webhook endpoints. */
export const WEBHOOKS = "webhooks";
/** Calls the `after` of actions. */
export const AFTER_ACTIONS = "actions.after";
/** Of each set of a projection's tables; its name and version follow. */
export const PROJECTION = "projection:";

/**
 * The option of createTidings that runs a subscription of Tidings' own; null for a name that is the app's to take. Under one of these
 * names a handler of the app's would move the checkpoint past what the real one has not done, which then is never done.
 */
export function ownerOf(name: string): "webhooks" | "actions" | "projections" | null {
  if (name === WEBHOOKS) return "webhooks";
  if (name === AFTER_ACTIONS) return "actions";
  return String(name).startsWith(PROJECTION) ? "projections" : null;
}
