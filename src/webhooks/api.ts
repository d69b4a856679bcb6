import type { JsonObject } from "../events/serializable.ts";
import type { Backfill } from "./backfill.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Endpoints } from "./endpoints.ts";
import type { PublicEventType } from "./eventTypes.ts";
import type { Jobs } from "./jobs.ts";
import type { PortalGrant, PortalTokenRequest } from "./portalToken.ts";
import type { Pull } from "./pull.ts";
import type { Recover } from "./recover.ts";
import type { Resend } from "./resend.ts";
import type { SendPast } from "./sendPast.ts";
import type { WebhookStats } from "./stats.ts";
import type { TestEvents } from "./testEvent.ts";

/**
 * `tidings.webhooks`. Ids are those that people see: `ep_…`, `dlv_…`, `job_…`, `msg_…`; an id of another account is answered
 * like one that never was. Without `createTidings({ webhooks })` every call throws WEBHOOKS_OFF.
 */
export interface Webhooks extends SendPast, TestEvents, Recover, Backfill, Pull, WebhookStats {
  readonly endpoints: Endpoints;
  readonly deliveries: Deliveries & Resend;
  readonly jobs: Jobs;
  /** What an endpoint may ask for: each type that goes out, in its public form. */
  eventTypes(): PublicEventType[];
  /** AsyncAPI 3 of all webhooks. */
  asyncapi(): JsonObject;
  /** What opens the portal for one account, for a while. Put it in the URL's fragment, never in its query. */
  portalToken(request: PortalTokenRequest): string;
  /** What a portal token allows. Throws INVALID_TOKEN. */
  checkPortalToken(token: string): PortalGrant;
}
