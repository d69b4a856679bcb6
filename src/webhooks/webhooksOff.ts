import { TidingsError } from "../errors.ts";
import type { Webhooks } from "./api.ts";

/** What `tidings.webhooks` is where they are not switched on: every call ends with WEBHOOKS_OFF. */
export const webhooksOff = refusing("webhooks") as Webhooks;

/** What answers at once instead of with a promise. */
const AT_ONCE: ReadonlySet<string> = new Set(["eventTypes", "asyncapi", "portalToken", "checkPortalToken"]);

/** Refuses to be called, and so does what it holds: `endpoints.create` as well as `test`. */
function refusing(name: string): object {
  const refuse = () => {
    const error = new TidingsError("WEBHOOKS_OFF");
    if (AT_ONCE.has(name)) throw error;
    return Promise.reject(error);
  };
  return new Proxy(refuse, {
    // Not `then`: awaiting the object must not look like a call.
    get: (_target, held) => (typeof held === "symbol" || held === "then" ? undefined : refusing(held)),
  });
}
