import type { MiddlewareHandler } from "hono";
import { TidingsError } from "../errors.ts";
import type { ApiEnv } from "./api.ts";
import { requireRole } from "./identity.ts";

/** Before whatever changes an account's endpoints or sends to them: the role `service`, or a portal token that manages. */
export const mayManage: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const caller = c.get("identity");
  if (caller.portal === null) requireRole(caller, "service");
  else if (caller.portal !== "manage") {
    throw new TidingsError("FORBIDDEN", { detail: "This portal token may only read" });
  }
  await next();
};

/**
 * Before whatever shows what was sent and answered: the role `service`, or a portal token. Bodies hold events that not every
 * reader of the account may see.
 */
export const mayReadDeliveries: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const caller = c.get("identity");
  if (caller.portal === null) requireRole(caller, "service");
  await next();
};

/** Refuses portal tokens everywhere but under webhooks, whether or not there is such a route. */
export const portalStaysInside: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { path } = c.req;
  const inside = path === "/event-types" || path.startsWith("/webhooks/");
  if (c.get("identity").portal !== null && !inside) {
    throw new TidingsError("FORBIDDEN", { detail: "A portal token reaches only webhooks" });
  }
  await next();
};
