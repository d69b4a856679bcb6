import type { Api } from "./api.ts";
import { addStaticPage } from "./staticPages.ts";

/** The page where an app's own people look into the log: `/dashboard/`. What they may see is up to `authorize`, as for every client. */
export function addDashboardRoute(api: Api): void {
  addStaticPage(api, { path: "/dashboard", file: "index.html", deepLinks: true });
}
