import { addressOf as dashboardAddress, type Place as DashboardPlace } from "../../frame/place.ts";
import { detailIn, detailQuery, type Place } from "../../webhooks/place.ts";

/** `/webhooks`, `/webhooks/new`, `/webhooks/ep_…`, `/webhooks/ep_…/edit`; the open delivery and the filters in the query. */
export function placeIn({ path: [, first, second], query }: DashboardPlace): Place {
  const isNew = first === "new";
  return {
    endpoint: isNew ? null : (first ?? null),
    form: isNew ? "new" : second === "edit" ? "edit" : null,
    ...detailIn(query),
  };
}

export function addressOf({ endpoint, form, ...detail }: Place): string {
  const last = endpoint === null ? (form === "new" ? ["new"] : []) : form === "edit" ? ["edit"] : [];
  const query: Record<string, string[]> = {};
  for (const [name, value] of detailQuery(detail)) (query[name] ??= []).push(value);
  return dashboardAddress(["webhooks", ...(endpoint === null ? [] : [endpoint]), ...last], query);
}
