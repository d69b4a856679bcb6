/** How the body is written: see formats/. */
export const payloadFormats = ["standard", "thin", "cloudevents", "cloudevents-binary", "slack"] as const;
export type PayloadFormat = (typeof payloadFormats)[number];

/** How the request is signed: see schemes/. There is no unsigned mode. */
export const signatureSchemes = ["standard", "standard-ed25519", "hmac-hex", "stripe", "github"] as const;
export type SignatureScheme = (typeof signatureSchemes)[number];

/**
 * `asked`: by a person or a program. `failing`: nothing was delivered for days. `gone`: it answered 410. `control`: it
 * answered `webhook-delivery: disable`.
 */
export type DisabledReason = "asked" | "failing" | "gone" | "control";

/** What an endpoint's owner decides. */
export interface EndpointSettings {
  readonly url: string;
  readonly description: string;
  /** `card.moved`, `card.*`, `*.created` or `*`: any of them. */
  readonly types: readonly string[];
  /** Which events of these types, as it was written: `data.amount > 100`. Null: all of them. */
  readonly filter: string | null;
  /** `pull`: nothing is sent, the receiver asks. */
  readonly delivery: "push" | "pull";
  readonly format: PayloadFormat;
  readonly scheme: SignatureScheme;
  /** Sends the headers of the other symmetric schemes as well, for a move from one to another. */
  readonly compat: boolean;
  /** Of the public form. */
  readonly payloadVersion: number;
  /** For the whole request, from connecting to the end of the answer: 1,000 to 30,000. */
  readonly timeoutMs: number;
  readonly rateLimit: { readonly perSecond: number; readonly burst: number } | null;
  /** 1 to 128. The queue adapts below it: from 2 until the first success, then from 8. */
  readonly maxInFlight: number;
  /** One at a time for each subject, in the order of the log. */
  readonly ordered: boolean;
  /** Seconds before each try, the first one included. */
  readonly schedule: readonly number[];
}

type OptionalSettings = {
  readonly [Name in Exclude<keyof EndpointSettings, "url" | "types" | "schedule">]?:
    EndpointSettings[Name] | undefined;
};

/** A new endpoint. Everything but `url` and `types` has a default: see `defaultSettings`. */
export interface EndpointInput extends OptionalSettings {
  readonly url: string;
  readonly types: readonly string[];
  /** A named schedule, or seconds before each try. Default `standard`. */
  readonly schedule?: keyof typeof schedules | readonly number[] | undefined;
  /** Sent with every request. People put tokens there: only the names are ever read back. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `whsec_…`, or `whsk_…` for ed25519. Default: one is made. */
  readonly secret?: string | undefined;
}

/** What shall be otherwise. `headers` replaces all of them; a secret is changed by rotating it. */
export type EndpointChanges = {
  readonly [Name in keyof Omit<EndpointInput, "secret">]?: EndpointInput[Name] | undefined;
};

export interface Endpoint extends EndpointSettings {
  readonly id: string;
  readonly account: string;
  readonly status: "enabled" | "disabled";
  readonly disabledReason: DisabledReason | null;
  readonly statusAt: Date;
  readonly headerNames: readonly string[];
  /** The keys that requests are signed with, newest first; never the secrets. */
  readonly keys: readonly EndpointKey[];
  readonly health: EndpointHealth;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EndpointKey {
  readonly id: string;
  readonly kind: "hmac" | "ed25519";
  /** `whpk_…`, what a receiver verifies ed25519 with; null for HMAC. */
  readonly publicKey: string | null;
  readonly createdAt: Date;
  /** After it the key signs no more; null for the present one. */
  readonly validUntil: Date | null;
}

export interface EndpointHealth {
  readonly breaker: "closed" | "open" | "half_open";
  /** The first failure after the last success. */
  readonly failingSince: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastFailureAt: Date | null;
}

/** `standard` is that of Standard Webhooks: ten tries in 75 hours and 35 minutes. `short` gives up after 2 hours and 35. */
export const schedules: { readonly standard: readonly number[]; readonly short: readonly number[] } = {
  standard: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
  short: [0, 5, 300, 1_800, 7_200],
};

export const defaultSettings: Omit<EndpointSettings, "url" | "types"> = {
  description: "",
  filter: null,
  delivery: "push",
  format: "standard",
  scheme: "standard",
  compat: false,
  payloadVersion: 1,
  timeoutMs: 15_000,
  rateLimit: null,
  maxInFlight: 32,
  ordered: false,
  schedule: schedules.standard,
};
