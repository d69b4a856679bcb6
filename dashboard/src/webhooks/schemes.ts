export interface SchemeWords {
  readonly name: string;
  readonly about: string;
  /** Secrets of one kind cannot sign by the other. */
  readonly keyKind: "hmac" | "ed25519";
  /** How a receiver verifies it. */
  readonly verify: string;
  /** The same as a line of code, where a library does it. */
  readonly code?: string | undefined;
}

/** The ways in which requests are signed, the usual one first. */
export const schemes: Readonly<Record<string, SchemeWords>> = {
  standard: {
    name: "Standard Webhooks",
    about: "Libraries for most languages verify it. Keeps out repeated requests, too.",
    keyKind: "hmac",
    verify: "With a Standard Webhooks library:",
    code: "new Webhook(secret).verify(rawBody, headers)",
  },
  "standard-ed25519": {
    name: "Standard Webhooks, public key",
    about: "Signed with ed25519: your server holds no secret that could leak.",
    keyKind: "ed25519",
    verify: "It verifies the v1a entry of webhook-signature over id.timestamp.body with the public key.",
  },
  "hmac-hex": {
    name: "Plain HMAC",
    about: "x-webhook-signature: the hexadecimal HMAC-SHA256 of the body.",
    keyKind: "hmac",
    verify: "It compares x-webhook-signature with the hexadecimal HMAC-SHA256 of the raw body.",
  },
  stripe: {
    name: "As Stripe",
    about: "Stripe-Signature, for code that verifies Stripe's webhooks already.",
    keyKind: "hmac",
    verify: "With Stripe's library:",
    code: "webhooks.constructEvent(rawBody, signature, secret)",
  },
  github: {
    name: "As GitHub",
    about: "X-Hub-Signature-256, for code that verifies GitHub's webhooks already.",
    keyKind: "hmac",
    verify: "It compares X-Hub-Signature-256 with sha256= and the hexadecimal HMAC of the raw body.",
  },
};

/** What a secret of one's own looks like. */
export const secretHints = {
  hmac: "whsec_ and 24 to 64 random bytes in base64. Left empty, one is made and shown once.",
  ed25519: "whsk_ and the 64 bytes of an ed25519 key pair in base64. Left empty, one is made and shown once.",
} as const;

/** Of a scheme that this page does not know, as of most. */
export function keyKindOf(scheme: string): "hmac" | "ed25519" {
  return schemes[scheme]?.keyKind ?? "hmac";
}

export interface FormatWords {
  readonly name: string;
  readonly about: string;
}

/** The ways in which a body is written, the usual one first. */
export const formats: Readonly<Record<string, FormatWords>> = {
  standard: { name: "Full", about: "The whole event as JSON: who did what to what, and when." },
  thin: { name: "Thin", about: "Only type, time and ids; your server asks for the rest." },
  cloudevents: { name: "CloudEvents", about: "One JSON document by the CloudEvents specification." },
  "cloudevents-binary": {
    name: "CloudEvents, binary",
    about: "Its attributes as ce- headers, the data as body.",
  },
  slack: { name: "Slack", about: "A sentence that a Slack incoming webhook shows as it is." },
};

export interface ScheduleWords {
  readonly name: string;
  readonly about: string;
  readonly seconds: readonly number[];
}

/** How long a delivery that fails is tried. */
export const schedules: Readonly<Record<"standard" | "short", ScheduleWords>> = {
  standard: {
    name: "Patient",
    about: "10 tries over 3 days",
    seconds: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
  },
  short: { name: "Short", about: "5 tries over 2 h 35 min", seconds: [0, 5, 300, 1_800, 7_200] },
};
