import { isTidingsError, TidingsError } from "../errors.ts";
import { checkEntity, withLabel } from "../events/checkEntities.ts";
import type { EntityRef } from "../events/entity.ts";
import { checkIdentifier } from "../events/limits.ts";
import { viewerAudiences } from "../events/viewer.ts";
import type { Webhooks } from "../webhooks/api.ts";
import { isPortalToken, type PortalRole } from "../webhooks/portalToken.ts";

/** Each role may do everything that the roles before it may. */
export const accessRoles = ["reader", "writer", "service", "operator"] as const;

/**
 * What a client may do. `reader`: read its account. `writer`: also record, as itself. `service`: also choose the actor,
 * `onBehalfOf`, `occurredAt`, and record types of the lanes `system` and `change`. `operator`: also see how the whole
 * log is doing, which no account owns.
 */
export type AccessRole = (typeof accessRoles)[number];

/** Who asks, as the app says. Anything else is 500 INVALID_IDENTITY. */
export interface Identity {
  /** The only account that this request reads and writes. A client cannot name another one. Never left out. */
  readonly account: string;
  readonly actor: EntityRef;
  readonly role: AccessRole;
  /** What the actor also counts as where events have an audience: its groups, boards, permissions. Default: none. */
  readonly audiences?: readonly string[] | undefined;
}

/** Says who sent a request, or null for nobody. */
export type Authorize = (request: Request) => Promise<Identity | null> | Identity | null;

/** Who asks, and what the portal token allows where one was sent. Then the role is `reader`, and only of webhooks. */
export interface Caller extends Identity {
  readonly portal: PortalRole | null;
}

/** A portal token is ours to judge: it never reaches the app's `authorize`. */
export async function callerOf(
  request: Request,
  authorize: Authorize | undefined,
  webhooks: Pick<Webhooks, "checkPortalToken">,
): Promise<Caller> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined || !isPortalToken(token)) {
    const { account, actor, role, audiences } = await identityOf(request, authorize);
    return { account, actor: withLabel(actor), role, audiences, portal: null };
  }
  const { account, role } = webhooks.checkPortalToken(token);
  return { account, actor: PORTAL, role: "reader", portal: role };
}

/** Nobody knows which of the customer's people it is. */
const PORTAL: EntityRef = { type: "portal", id: "token", label: "Webhook portal" };

async function identityOf(request: Request, authorize: Authorize | undefined): Promise<Identity> {
  const identity: unknown = (await authorize?.(request)) ?? null;
  if (identity === null) {
    throw new TidingsError("UNAUTHORIZED", {
      detail: authorize ? undefined : "http.authorize is not set",
    });
  }
  try {
    checkIdentity(identity);
    return identity;
  } catch (cause) {
    if (!isTidingsError(cause)) throw cause;
    // Whatever it is, the client cannot help what the app says of it.
    throw new TidingsError("INVALID_IDENTITY", { detail: cause.detail, path: cause.path, cause });
  }
}

/**
 * The compiler says so too, but not to those who have none. An account left out would mean that of the code around the
 * handler, or the app's fixed one, and so a customer without one would read another's.
 */
function checkIdentity(given: unknown): asserts given is Identity {
  if (typeof given !== "object" || given === null)
    refuseIdentity([], "authorize must give an object or null");
  const { account, actor, role, audiences } = given as { readonly [Name in keyof Identity]: unknown };
  checkIdentifier(account, ["account"]);
  checkEntity(actor, ["actor"]);
  if (!accessRoles.some((each) => each === role))
    refuseIdentity(["role"], `role must be one of ${accessRoles.join(", ")}`);
  if (audiences !== undefined) viewerAudiences(audiences, ["audiences"]);
}

function refuseIdentity(path: readonly string[], detail: string): never {
  throw new TidingsError("INVALID_IDENTITY", { detail, path });
}

export function mayActAs(identity: Identity, role: AccessRole): boolean {
  return accessRoles.indexOf(identity.role) >= accessRoles.indexOf(role);
}

export function requireRole(identity: Identity, role: AccessRole): void {
  if (mayActAs(identity, role)) return;
  throw new TidingsError("FORBIDDEN", { detail: `Role ${identity.role} is below ${role}` });
}
