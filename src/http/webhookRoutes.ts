import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { addWebhookDeliveryRoutes } from "./webhookDeliveryRoutes.ts";
import { addWebhookEndpointRoutes } from "./webhookEndpointRoutes.ts";
import { addWebhookEventTypeRoutes } from "./webhookEventTypeRoutes.ts";
import { addWebhookHistoryRoutes } from "./webhookHistoryRoutes.ts";
import { addWebhookJobRoutes } from "./webhookJobRoutes.ts";
import { addWebhookPortalTokenRoute } from "./webhookPortalTokenRoute.ts";
import { addWebhookSendRoutes } from "./webhookSendRoutes.ts";

export interface WebhookRouteOptions {
  readonly maxBodyBytes: number;
}

/** What customers see and do about their webhooks: with the app's own roles, or with a portal token. */
export function addWebhookRoutes(api: Api, tidings: Tidings, options: WebhookRouteOptions): void {
  addWebhookEndpointRoutes(api, tidings, options);
  addWebhookSendRoutes(api, tidings, options);
  addWebhookJobRoutes(api, tidings, options);
  addWebhookHistoryRoutes(api, tidings);
  addWebhookDeliveryRoutes(api, tidings);
  addWebhookEventTypeRoutes(api, tidings);
  addWebhookPortalTokenRoute(api, tidings, options);
}
