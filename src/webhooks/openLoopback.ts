import type { Webhooks } from "./api.ts";

/**
 * What `tidings dev` calls to let webhooks reach this machine until the process ends. Only code that holds the app's tidings can: an
 * option could be deployed by mistake, and so could an environment variable. From the registry of symbols, because the app may load
 * its own copy of this package.
 */
export const openLoopback: unique symbol = Symbol.for("tidings.webhooks.openLoopback");

export interface OpensLoopback {
  [openLoopback](): void;
}

/** Does nothing where webhooks are off. */
export function letReachLoopback(webhooks: Webhooks): void {
  (webhooks as Partial<OpensLoopback>)[openLoopback]?.();
}
