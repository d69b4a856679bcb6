import {
  aBoolean,
  aFunction,
  aNumber,
  anObject,
  anything,
  aPositive,
  aText,
  checkOptions,
  LARGEST_INTEGER,
  milliseconds,
  texts,
  wholeNumber,
  type KindsOf,
  type OptionKind,
} from "../checkOptions.ts";
import { secretKeysOf } from "../secretKeys.ts";
import { withDefaults } from "../withDefaults.ts";
import { HEADER_VALUE } from "./customHeaders.ts";
import { defaultDenyPorts } from "./endpointUrl.ts";

/** `createTidings({ webhooks })`. Every policy is an option, and the default is what suits most. */
export interface WebhookOptions {
  /**
   * Seals what is secret in the database and signs portal tokens: 32 random bytes in base64 (`openssl rand -base64 32`). In a list the
   * first seals, and the others only open. To replace a key, add the new one at the end and deploy, so that every process can open
   * with it; put it first and deploy; what the old one sealed is then sealed again, within the hour, and the old one can go.
   */
  secretKey: string | readonly string[];
  /** The `source` of CloudEvents: a URI reference, such as `https://app.example.com`. Default: none, and endpoints cannot use them. */
  source?: string | undefined;
  /** Refuses http:// endpoints. Default false. */
  httpsOnly?: boolean | undefined;
  /** Addresses and ranges (CIDR) that webhooks may reach although they are not public. Default: none. */
  allowAddresses?: readonly string[] | undefined;
  /** Addresses and ranges (CIDR) that webhooks may not reach although they are public. Default: none. */
  denyAddresses?: readonly string[] | undefined;
  /** Ports that webhooks do not go to. Default: those of shells, mail, databases and the like: `defaultDenyPorts`. */
  denyPorts?: readonly number[] | undefined;
  /** Authorities (PEM) that are trusted instead of Node's own list. Default: that list. */
  caCertificates?: readonly string[] | undefined;
  /** Accepts every certificate, so that whoever stands in between can read and answer. Default false. */
  unsafeTls?: boolean | undefined;
  /** Sent as `user-agent`: Latin-1, as headers are. Default `Tidings-Webhooks`. */
  userAgent?: string | undefined;
  /** Endpoints of one account. Default 100. */
  maxEndpoints?: number | undefined;
  /** Requests under way in one process. An account holds at most half of them, slow endpoints a quarter. Default 64. */
  slots?: number | undefined;
  /** Looks for due deliveries at least every so many milliseconds. At most 2_147_483_647. Default 250. */
  pollMs?: number | undefined;
  /** When an endpoint is left alone for a while, and when it is disabled. */
  policy?: EndpointPolicyOptions | undefined;
  /** Tries come later than their schedule by up to this part of the delay, never earlier. 0 to 1. Default 0.2. */
  jitter?: number | undefined;
  /** A `retry-after` that is longer counts as this. At most 31_536_000_000: a year. Default 86_400_000. */
  maxRetryAfterMs?: number | undefined;
  /** Messages, deliveries and attempts older than this many days are dropped, a month at a time. 7 to 10_000. Default 90. */
  retainDays?: number | undefined;
  /** How webhooks and the portal call an account. Default: by its id. */
  publicAccount?: ((account: string) => string) | undefined;
  /** Origins that may show the portal in a frame. Default: none but its own. */
  portalOrigins?: readonly string[] | undefined;
}

/** When an endpoint's breaker opens, for how long, and when it is disabled. Milliseconds are at most 31_536_000_000: a year. */
export interface EndpointPolicyOptions {
  /** Failures in a row that open the breaker. Default 10. */
  breakerFailures?: number | undefined;
  /** The part of failures among the last tries that opens it. Default 0.7. */
  breakerRatio?: number | undefined;
  /** … of at least so many tries. Default 10. */
  breakerLeast?: number | undefined;
  /** … within so many milliseconds. Default 300_000. */
  breakerWindowMs?: number | undefined;
  /** How long an opened breaker waits before it lets one try pass. Doubles each time that it fails. Default 30_000. */
  breakerFirstMs?: number | undefined;
  /** … up to this. Default 900_000. */
  breakerLastMs?: number | undefined;
  /** An endpoint is disabled when nothing was delivered for so many milliseconds. Default 432_000_000: five days. */
  disableMs?: number | undefined;
  /** … and at least so many messages failed meanwhile. Default 10. */
  disableMessages?: number | undefined;
}

export type EndpointPolicy = { readonly [Name in keyof EndpointPolicyOptions]-?: number };

/** The options with their defaults, checked. */
export interface WebhookSettings {
  /** 32 bytes each, newest first. */
  readonly secretKeys: readonly Buffer[];
  readonly source: string | null;
  readonly httpsOnly: boolean;
  readonly allowAddresses: readonly string[];
  readonly denyAddresses: readonly string[];
  readonly denyPorts: readonly number[];
  readonly caCertificates: readonly string[] | undefined;
  readonly unsafeTls: boolean;
  readonly userAgent: string;
  readonly maxEndpoints: number;
  readonly slots: number;
  readonly pollMs: number;
  readonly policy: EndpointPolicy;
  readonly jitter: number;
  readonly maxRetryAfterMs: number;
  readonly retainDays: number;
  readonly publicAccount: (account: string) => string;
  readonly portalOrigins: readonly string[];
}

const policyDefaults: EndpointPolicy = {
  breakerFailures: 10,
  breakerRatio: 0.7,
  breakerLeast: 10,
  breakerWindowMs: 300_000,
  breakerFirstMs: 30_000,
  breakerLastMs: 900_000,
  disableMs: 432_000_000,
  disableMessages: 10,
};

/** Throws INVALID_OPTION: a mistake stops the start and not a delivery. */
export function webhookSettings(options: WebhookOptions): WebhookSettings {
  checkOptions(options, webhookOptions, ["webhooks"]);
  checkOptions(options.policy ?? {}, policyOptions, ["webhooks", "policy"]);
  const { maxEndpoints = 100, slots = 64, pollMs = 250, jitter = 0.2 } = options;
  const { maxRetryAfterMs = 86_400_000, retainDays = 90, userAgent = "Tidings-Webhooks" } = options;
  return {
    secretKeys: secretKeysOf("webhooks.secretKey", options.secretKey),
    source: options.source ?? null,
    httpsOnly: options.httpsOnly ?? false,
    allowAddresses: options.allowAddresses ?? [],
    denyAddresses: options.denyAddresses ?? [],
    denyPorts: options.denyPorts ?? defaultDenyPorts,
    caCertificates: options.caCertificates,
    unsafeTls: options.unsafeTls ?? false,
    userAgent,
    maxEndpoints,
    slots,
    pollMs,
    policy: withDefaults(policyDefaults, options.policy),
    jitter,
    maxRetryAfterMs,
    retainDays,
    publicAccount: options.publicAccount ?? ((account) => account),
    portalOrigins: options.portalOrigins ?? [],
  };
}

const aHeaderValue: OptionKind = {
  holds: (value) => typeof value === "string" && HEADER_VALUE.test(value),
  must: "must be a text of Latin-1, without line breaks or control characters",
};

const ports: OptionKind = {
  holds: (value) => Array.isArray(value) && value.every(wholeNumber(0, 65_535).holds),
  must: "must be a list of ports: whole numbers from 0 to 65,535",
};

/** PostgreSQL counts by it as an integer. */
const aCount = wholeNumber(1, LARGEST_INTEGER);

/** PostgreSQL counts from now by it. Beyond the years that it knows every result would fail, and Infinity is none in JSON. */
const YEAR_MS = 365 * 86_400_000;

const webhookOptions: KindsOf<WebhookOptions> = {
  secretKey: anything, // by `secretKeysOf`, which shows none of it
  source: aText,
  httpsOnly: aBoolean,
  allowAddresses: texts,
  denyAddresses: texts,
  denyPorts: ports,
  caCertificates: texts,
  unsafeTls: aBoolean,
  userAgent: aHeaderValue,
  maxEndpoints: aCount,
  slots: aCount,
  pollMs: milliseconds(),
  policy: anObject,
  jitter: aNumber(0, 1),
  maxRetryAfterMs: milliseconds(YEAR_MS),
  // A schedule may take most of a week: its messages must outlive it.
  retainDays: aNumber(7, 10_000),
  publicAccount: aFunction,
  portalOrigins: texts,
};

const policyOptions: KindsOf<EndpointPolicyOptions> = {
  breakerFailures: aCount,
  breakerRatio: aPositive(1),
  breakerLeast: aCount,
  breakerWindowMs: milliseconds(YEAR_MS),
  breakerFirstMs: milliseconds(YEAR_MS),
  breakerLastMs: milliseconds(YEAR_MS),
  disableMs: milliseconds(YEAR_MS),
  disableMessages: aCount,
};
