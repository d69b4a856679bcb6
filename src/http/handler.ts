import type { MiddlewareHandler } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import {
  aFunction,
  aLimit,
  aPositive,
  aText,
  checkOptions,
  milliseconds,
  texts,
  type KindsOf,
} from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";
import type { Tidings } from "../tidings.ts";
import { withDefaults, type Settled } from "../withDefaults.ts";
import { createApi, normalBasePath, normalPublicUrl, type ApiEnv } from "./api.ts";
import { addCatalogRoute } from "./catalogRoute.ts";
import { addDashboardRoute } from "./dashboardRoute.ts";
import { addDayRoutes } from "./dayRoutes.ts";
import { addDoctorRoute } from "./doctorRoute.ts";
import { addEntityRoutes } from "./entityRoutes.ts";
import { addEntityStateRoutes } from "./entityStateRoutes.ts";
import { addEventRoutes } from "./eventRoutes.ts";
import { addFacetRoutes } from "./facetRoutes.ts";
import { addFeedRoutes } from "./feedRoutes.ts";
import { addGroupRoutes } from "./groupRoutes.ts";
import { addHealthRoute } from "./healthRoute.ts";
import { callerOf, type Authorize } from "./identity.ts";
import { addIdentityRoute } from "./identityRoute.ts";
import { addLiveRoute } from "./liveRoute.ts";
import { addMarkRoutes } from "./markRoutes.ts";
import { addOpenapiRoute } from "./openapiRoute.ts";
import { createCors, createOriginGuard, originList } from "./origins.ts";
import { addPortalRoute } from "./portalRoute.ts";
import { respondWithProblem } from "./problem.ts";
import { addProjectionRoutes } from "./projectionRoutes.ts";
import { addRecordRoutes } from "./recordRoutes.ts";
import { addReplayRoutes } from "./replayRoutes.ts";
import { addSavedFilterRoutes } from "./savedFilterRoutes.ts";
import { addStatsRoutes } from "./statsRoutes.ts";
import { portalStaysInside } from "./webhookAccess.ts";
import { addSubscriptionRoutes } from "./subscriptionRoutes.ts";
import { addTraceRoute } from "./traceRoute.ts";
import { addWebhookRoutes } from "./webhookRoutes.ts";

export interface HttpOptions {
  /**
   * Says who sent a request, or null for nobody: read the session, the token, the API key. The account always comes from
   * here. Clone the request before reading its body. Default: none, and every route answers 401.
   */
  authorize?: Authorize | undefined;
  /** The path under which the app mounts the handler, with or without a slash at its end. Default `/`. */
  basePath?: string | undefined;
  /**
   * Where the handler is reached from outside, with its path: `https://app.example.com/tidings`. The ids of ActivityStreams
   * begin with it. Default: none, and they answer 406.
   */
  publicUrl?: string | undefined;
  /**
   * Other origins (`https://app.example.com`) whose pages may call with the user's cookies. Default: none; no CORS header
   * is sent and what changes something is taken from the handler's own origin only.
   */
  origins?: readonly string[] | undefined;
  /** Refuses a larger request body, in bytes. Default 1 MiB. */
  maxBodyBytes?: number | undefined;
  /**
   * A live stream without news sends a comment after this long, so that proxies keep it. At most 30_000, because clients take
   * a stream that is silent for 45 seconds for a lost one. Default 15_000.
   */
  heartbeatMs?: number | undefined;
  /**
   * Closes a live stream whose reader took nothing for this long while something waits for it. At most 2_147_483_647.
   * Default 30_000.
   */
  slowConsumerMs?: number | undefined;
  /** Live streams open at once in this process; 0 serves none. Default 5_000. */
  maxStreams?: number | undefined;
  /** How many of them one actor of one account may have; more are 503. Default 500. */
  maxStreamsPerReader?: number | undefined;
  /**
   * Ends a live stream that is this old. The client comes back where it was and `authorize` is asked anew: so long may
   * somebody whose permission was taken away go on reading. At most 2_147_483_647. Default 3_600_000, an hour.
   */
  maxStreamMs?: number | undefined;
  /**
   * Health answers 503 when a committed event has waited this long for its position. Raise it above the schedule where
   * `work()` runs from cron. Default 30_000.
   */
  maxLagMs?: number | undefined;
}

const defaults: Settled<Omit<HttpOptions, "authorize" | "publicUrl">> = {
  basePath: "/",
  origins: [],
  maxBodyBytes: 1024 * 1024,
  heartbeatMs: 15_000,
  slowConsumerMs: 30_000,
  maxStreams: 5_000,
  maxStreamsPerReader: 500,
  maxStreamMs: 3_600_000,
  maxLagMs: 30_000,
};

/** The HTTP API as one function; `portalOrigins` may frame the portal. Throws INVALID_OPTION; opens nothing. */
export function createHandler(
  tidings: Tidings,
  options: HttpOptions = {},
  portalOrigins: readonly string[] = [],
): (request: Request) => Promise<Response> {
  checkOptions(options, httpOptions, ["http"]);
  const settings = withDefaults<Omit<HttpOptions, "authorize" | "publicUrl">>(defaults, options);
  const basePath = normalBasePath(settings.basePath);
  const origins = originList(settings.origins);
  const api = createApi(basePath);

  api.onError((error, c) => respondWithProblem(error, c, tidings.signals));
  api.notFound((c) => respondWithProblem(new TidingsError("ROUTE_NOT_FOUND"), c, tidings.signals));
  addPortalRoute(api, originList(portalOrigins, ["webhooks", "portalOrigins"]));
  addDashboardRoute(api);
  api.use(createCors(origins));
  api.use(privately);
  api.use(identify(tidings, options.authorize));
  api.use(portalStaysInside);
  api.use(createOriginGuard(origins));
  api.use(boundedQuery);
  api.use(
    methodNotAllowed({
      app: api,
      onMethodNotAllowed: (c, methods) => {
        const response = respondWithProblem(new TidingsError("METHOD_NOT_ALLOWED"), c, tidings.signals);
        response.headers.set("allow", methods.join(", "));
        return response;
      },
    }),
  );
  addIdentityRoute(api);
  addRecordRoutes(api, tidings, { ...settings, basePath });
  addStatsRoutes(api, tidings);
  addEventRoutes(api, tidings);
  addTraceRoute(api, tidings);
  addEntityRoutes(api, tidings);
  addEntityStateRoutes(api, tidings);
  addFeedRoutes(api, tidings, { publicUrl: normalPublicUrl(options.publicUrl) });
  addGroupRoutes(api, tidings);
  addMarkRoutes(api, tidings, settings);
  addFacetRoutes(api, tidings);
  addDayRoutes(api, tidings);
  addSavedFilterRoutes(api, tidings, settings);
  addLiveRoute(api, tidings, settings);
  addCatalogRoute(api, tidings);
  addHealthRoute(api, tidings, settings);
  addDoctorRoute(api, tidings);
  addSubscriptionRoutes(api, tidings, settings);
  addProjectionRoutes(api, tidings);
  addReplayRoutes(api, tidings, settings);
  addWebhookRoutes(api, tidings, settings);
  addOpenapiRoute(api, basePath);

  return async (request) => api.fetch(request);
}

/** Everything after this knows who asks, and runs in the context of the account and the actor. */
function identify(tidings: Tidings, authorize: Authorize | undefined): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const caller = await callerOf(c.req.raw, authorize, tidings.webhooks);
    c.set("identity", caller);
    await tidings.run({ account: caller.account, actor: caller.actor }, next);
  };
}

/** What is read belongs to who asked: no shared cache keeps it, and a browser asks again before it shows it. */
const privately: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  if (!c.res.headers.has("cache-control")) c.header("cache-control", "private, no-cache");
  c.header("vary", "Cookie, Authorization", { append: true });
  c.header("x-content-type-options", "nosniff");
};

/** Half of what Node's server takes for all headers together: 50 filter values of 150 characters. */
const MAX_QUERY_CHARACTERS = 8_192;

const boundedQuery: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { search } = new URL(c.req.url);
  if (search.length > MAX_QUERY_CHARACTERS) {
    throw new TidingsError("INVALID_REQUEST", {
      detail: `The query string has ${search.length} characters, the limit is ${MAX_QUERY_CHARACTERS}`,
    });
  }
  await next();
};

/** So that a comment which comes late still comes before the 45 seconds after which `tidings/react` connects anew. */
const LONGEST_HEARTBEAT_MS = 30_000;

const httpOptions: KindsOf<HttpOptions> = {
  authorize: aFunction,
  basePath: aText,
  publicUrl: aText,
  origins: texts,
  maxBodyBytes: aLimit(1),
  heartbeatMs: milliseconds(LONGEST_HEARTBEAT_MS),
  slowConsumerMs: milliseconds(),
  maxStreams: aLimit(0),
  maxStreamsPerReader: aLimit(1),
  maxStreamMs: milliseconds(),
  maxLagMs: aPositive(),
};
