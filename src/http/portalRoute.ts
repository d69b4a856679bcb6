import type { Api } from "./api.ts";
import { addStaticPage } from "./staticPages.ts";

/**
 * The page where customers see their webhooks: `/portal/#token=tdp_…`. The token stands in the fragment and so reaches no
 * server and no log; the app says which of its origins may embed the page.
 */
export function addPortalRoute(api: Api, portalOrigins: ReadonlySet<string>): void {
  addStaticPage(api, { path: "/portal", file: "portal.html", frameOrigins: portalOrigins });
}
