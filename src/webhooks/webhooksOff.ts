import { TidingsError } from "../errors.ts";
import type { Webhooks } from "./api.ts";

/** What `tidings.webhooks` is where they are not switched on: every call throws WEBHOOKS_OFF. */
export const webhooksOff = refusing() as Webhooks;

/** Refuses calls, and calls of what it holds: `endpoints.create` as well as `test`. */
function refusing(): object {
  const refuse = () => {
    throw new TidingsError("WEBHOOKS_OFF");
  };
  return new Proxy(refuse, {
    // Not `then`: awaiting the object must not look like a call.
    get: (_target, name) => (typeof name === "symbol" || name === "then" ? undefined : refusing()),
  });
}
