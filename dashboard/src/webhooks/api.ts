/** What the pages about webhooks read and write over HTTP. Written by hand after the API's description: no code of the server comes here. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly filter: string | null;
  readonly delivery: "push" | "pull";
  readonly format: string;
  readonly scheme: string;
  readonly compat: boolean;
  readonly timeoutMs: number;
  readonly rateLimit: { readonly perSecond: number; readonly burst: number } | null;
  readonly ordered: boolean;
  readonly schedule: readonly number[];
  readonly status: "enabled" | "disabled";
  readonly disabledReason: "asked" | "failing" | "gone" | "control" | null;
  readonly statusAt: string;
  readonly headerNames: readonly string[];
  readonly keys: readonly EndpointKey[];
  readonly health: {
    readonly breaker: "closed" | "open" | "half_open";
    readonly failingSince: string | null;
    readonly lastSuccessAt: string | null;
    readonly lastFailureAt: string | null;
  };
  readonly createdAt: string;
}

export interface EndpointKey {
  readonly id: string;
  readonly kind: "hmac" | "ed25519";
  readonly publicKey: string | null;
  readonly createdAt: string;
  readonly validUntil: string | null;
}

export interface EndpointInput {
  readonly url: string;
  readonly types: readonly string[];
  readonly description: string;
  readonly filter: string | null;
  readonly delivery: "push" | "pull";
  readonly format: string;
  readonly scheme: string;
  readonly timeoutMs: number;
  readonly rateLimit: { readonly perSecond: number; readonly burst: number } | null;
  readonly ordered: boolean;
  readonly schedule: "standard" | "short" | readonly number[];
  /** For a new endpoint. Left out: one is made. */
  readonly secret?: string | undefined;
  /** All of them: what is not named is no longer sent. Left out: they stay as they are. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Rotation {
  /** For so long the older secrets sign as well. */
  readonly graceSeconds: number;
  readonly scheme: string;
  /** Left out: one is made. */
  readonly secret?: string | undefined;
}

export interface WithSecret {
  readonly endpoint: Endpoint;
  readonly secret: string;
}

export const deliveryStates = ["pending", "delivered", "retrying", "failed", "held", "expired"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  readonly id: string;
  readonly endpoint: string;
  readonly message: string;
  readonly type: string;
  /** What the event is about. Null for a test, and when its message is no longer kept. */
  readonly subject: Subject | null;
  readonly origin: "event" | "send" | "backfill" | "test";
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly failure: string | null;
  readonly status: number | null;
  readonly createdAt: string;
  readonly settledAt: string | null;
  readonly nextTryAt: string | null;
}

export interface Subject {
  readonly type: string;
  readonly id: string;
  readonly label: string | null;
}

export interface DeliveryDetails extends Delivery {
  /** Null when it is no longer kept. */
  readonly content: {
    readonly id: string;
    readonly subject: string;
    readonly contentType: string;
    readonly body: string;
  } | null;
  readonly history: readonly Attempt[];
}

export type HeaderList = Readonly<Record<string, string | readonly string[]>>;

export interface Attempt {
  readonly number: number;
  readonly url: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly status: number | null;
  readonly failure: string | null;
  readonly detail: string | null;
  readonly requestHeaders: HeaderList;
  readonly responseHeaders: HeaderList | null;
  readonly responseBody: string | null;
  /** base64 where it is no text. */
  readonly responseBodyEncoding: "utf8" | "base64";
  readonly truncated: boolean;
}

export interface DeliveryPage {
  readonly items: readonly Delivery[];
  readonly older: string | null;
}

export interface StatsBucket {
  readonly since: string;
  readonly delivered: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface EventType {
  readonly type: string;
  readonly version: number;
  readonly description: string | null;
  readonly example: object | null;
}

export interface EndpointJob {
  readonly id: string;
  readonly kind: "recover" | "backfill";
  readonly state: "running" | "done" | "cancelled";
  /** Deliveries sent again, or made, so far. */
  readonly done: number;
  /** From 0 to 1. */
  readonly progress: number;
  readonly perSecond: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** Which of the events that are there already is sent first. */
export type BackfillStart = "start" | { readonly time: string } | { readonly position: number };

/** `more`: there are so many that counting ended. */
export interface Recoverable {
  readonly deliveries: number;
  readonly more: boolean;
}

export interface DeliveryFilter {
  readonly states: readonly DeliveryState[];
  readonly type: string | null;
  readonly since: string | null;
}

export type Api = ReturnType<typeof createApi>;

/** Sends a request below `webhooks/`. Throws RequestFailed. */
export type Call = <Answer>(method: Method, path: string, body?: object) => Promise<Answer>;
type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Every call of the pages about webhooks. How it gets to the server, and as whom, is the host's. */
export function createApi(call: Call) {
  const get = <Answer>(path: string, query: Record<string, string | readonly string[] | null> = {}) =>
    call<Answer>("GET", path + queryOf(query));
  return {
    eventTypes: async () => (await get<{ items: readonly EventType[] }>("event-types")).items,
    endpoints: async () => (await get<{ items: readonly Endpoint[] }>("endpoints")).items,
    endpoint: (id: string) => get<Endpoint>(`endpoints/${id}`),
    create: (input: EndpointInput) => call<WithSecret>("POST", "endpoints", input),
    update: (id: string, input: Partial<EndpointInput>) => call<Endpoint>("PATCH", `endpoints/${id}`, input),
    enable: (id: string) => call<Endpoint>("POST", `endpoints/${id}/enable`),
    disable: (id: string) => call<Endpoint>("POST", `endpoints/${id}/disable`),
    remove: (id: string) => call<void>("DELETE", `endpoints/${id}`),
    rotate: (id: string, rotation: Rotation) => call<WithSecret>("POST", `endpoints/${id}/rotate`, rotation),
    test: (id: string, type: string) => call<Delivery>("POST", `endpoints/${id}/test`, { type }),
    stats: async (id: string, since: Date, bucketSeconds: number) =>
      (
        await get<{ items: readonly StatsBucket[] }>(`endpoints/${id}/stats`, {
          since: since.toISOString(),
          bucket: String(bucketSeconds),
        })
      ).items,
    recoverable: (id: string, since: Date) =>
      get<Recoverable>(`endpoints/${id}/recoverable`, { since: since.toISOString() }),
    recover: (id: string, since: Date) =>
      call<EndpointJob>("POST", `endpoints/${id}/recover`, { since: since.toISOString() }),
    jobs: async (id: string) => (await get<{ items: readonly EndpointJob[] }>(`endpoints/${id}/jobs`)).items,
    backfill: (id: string, from: BackfillStart) =>
      call<EndpointJob>("POST", `endpoints/${id}/backfill`, { from }),
    send: (id: string, event: string) => call<Delivery>("POST", `endpoints/${id}/send`, { event }),
    cancelJob: (id: string) => call<EndpointJob>("DELETE", `jobs/${id}`),
    deliveries: (
      endpoint: string,
      { states, type, since }: DeliveryFilter,
      before: string | null = null,
      limit = 50,
    ) =>
      get<DeliveryPage>("deliveries", {
        endpoint,
        states,
        types: type,
        since,
        before,
        limit: String(limit),
      }),
    delivery: (id: string) => get<DeliveryDetails>(`deliveries/${id}`),
    resend: (id: string) => call<Delivery>("POST", `deliveries/${id}/resend`),
  };
}

function queryOf(query: Record<string, string | readonly string[] | null>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null) continue;
    for (const each of typeof value === "string" ? [value] : value) search.append(name, each);
  }
  return search.size > 0 ? `?${search}` : "";
}
