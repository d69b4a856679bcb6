import type { Endpoint, EndpointInput } from "./api.ts";
import type { HistoryDraft } from "./historyDraft.ts";
import { schedules } from "./schemes.ts";

/** The form as it is being filled in. */
export interface EndpointDraft {
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly filter: string;
  readonly delivery: "push" | "pull";
  readonly format: string;
  readonly scheme: string;
  /** Of a new endpoint only. Empty: one is made. */
  readonly secret: string;
  /** Of a new endpoint only: null sends nothing of what was before. */
  readonly history: HistoryDraft | null;
  readonly schedule: "standard" | "short" | "own";
  readonly timeoutSeconds: string;
  /** Empty: not limited. */
  readonly perSecond: string;
  readonly ordered: boolean;
  /** Null: those that are set stay as they are. Values are never read back, so they are replaced all at once or not. */
  readonly headers: readonly HeaderDraft[] | null;
}

export interface HeaderDraft {
  readonly name: string;
  readonly value: string;
}

export function newDraft(): EndpointDraft {
  return {
    url: "",
    description: "",
    types: ["*"],
    filter: "",
    delivery: "push",
    format: "standard",
    scheme: "standard",
    secret: "",
    history: null,
    schedule: "standard",
    timeoutSeconds: "15",
    perSecond: "",
    ordered: false,
    headers: [],
  };
}

export function draftOf(endpoint: Endpoint): EndpointDraft {
  return {
    url: endpoint.url,
    description: endpoint.description,
    types: endpoint.types,
    filter: endpoint.filter ?? "",
    delivery: endpoint.delivery,
    format: endpoint.format,
    scheme: endpoint.scheme,
    secret: "",
    history: null,
    schedule: scheduleName(endpoint.schedule),
    timeoutSeconds: String(endpoint.timeoutMs / 1_000),
    perSecond: endpoint.rateLimit === null ? "" : String(endpoint.rateLimit.perSecond),
    ordered: endpoint.ordered,
    headers: endpoint.headerNames.length === 0 ? [] : null,
  };
}

/** What to send. `earlier` is what is stored: a schedule of its own stays, and so does the burst of a rate that did not change. */
export function inputOf(draft: EndpointDraft, earlier: Endpoint | null): EndpointInput {
  const headers = draft.headers?.filter(({ name }) => name.trim() !== "");
  return {
    url: draft.url.trim(),
    description: draft.description.trim(),
    types: draft.types,
    filter: draft.filter.trim() || null,
    delivery: draft.delivery,
    format: draft.format,
    scheme: draft.scheme,
    schedule: draft.schedule === "own" ? earlier!.schedule : draft.schedule,
    timeoutMs: Math.round(Number(draft.timeoutSeconds) * 1_000),
    rateLimit: rateLimitOf(draft.perSecond, earlier),
    ordered: draft.ordered,
    ...(draft.secret.trim() !== "" && { secret: draft.secret.trim() }),
    ...(headers && { headers: Object.fromEntries(headers.map(({ name, value }) => [name.trim(), value])) }),
  };
}

function rateLimitOf(perSecond: string, earlier: Endpoint | null): EndpointInput["rateLimit"] {
  const rate = Number(perSecond);
  if (perSecond.trim() === "") return null;
  if (earlier?.rateLimit?.perSecond === rate) return earlier.rateLimit;
  // A second's worth at once, and at least one: a burst below one would let nothing through.
  return { perSecond: rate, burst: Math.max(1, Math.ceil(rate)) };
}

function scheduleName(schedule: readonly number[]): EndpointDraft["schedule"] {
  for (const name of ["standard", "short"] as const) {
    if (JSON.stringify(schedules[name].seconds) === JSON.stringify(schedule)) return name;
  }
  return "own";
}
