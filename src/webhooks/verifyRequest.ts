import { timingSafeEqual, verify } from "node:crypto";
import { TidingsError } from "../errors.ts";
import { publicKeyOf } from "./ed25519.ts";
import type { SignatureScheme } from "./endpoint.ts";
import { schemes } from "./schemes.ts";

/** What a receiver got. Names of headers are in lower case. */
export interface ReceivedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `ok`: a secret made the signature. The other words say what is wrong. */
export type Verdict = "ok" | "unsigned" | "wrong_signature" | "too_old" | "not_checked";

/** As far as the clocks of two machines and a slow network may be apart: what the libraries of receivers allow. */
const TOLERANCE_SECONDS = 300;

/**
 * Checks requests as a receiver should: by the headers that there are, with each of the secrets. `whpk_…`, the public half of an
 * ed25519 key, is enough for `v1a`. Throws INVALID_SECRET for what is none.
 */
export function createVerifier(
  secrets: readonly string[],
): (request: ReceivedRequest, nowMs?: number) => Verdict {
  for (const secret of secrets) checkForm(secret);
  return ({ headers, body }, nowMs = Date.now()) => {
    const scheme = schemeOf(headers);
    if (scheme === null) return "unsigned";
    if (secrets.length === 0) return "not_checked";
    const timestamp = timestampOf(headers, scheme);
    if (timestamp !== null && !(Math.abs(nowMs / 1_000 - timestamp) <= TOLERANCE_SECONDS)) return "too_old";
    const given = partsOf(headers[SIGNATURE_HEADERS[scheme]] ?? "");
    const signed = { id: headers["webhook-id"] ?? "", type: "", timestamp: timestamp ?? 0, body };
    const right = secrets.some((secret) =>
      secret.startsWith("whpk_")
        ? given.some((part) => verifiesPublicly(part, secret, signed))
        : partsOf(expected(scheme, secret, signed)).some((part) => given.some((each) => same(part, each))),
    );
    return right ? "ok" : "wrong_signature";
  };
}

type Signed = {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly body: Buffer;
};

const SIGNATURE_HEADERS = {
  standard: "webhook-signature",
  stripe: "stripe-signature",
  github: "x-hub-signature-256",
  "hmac-hex": "x-webhook-signature",
} as const satisfies Partial<Record<SignatureScheme, string>>;

type Checked = keyof typeof SIGNATURE_HEADERS;

/** The first that is there: standard is the strongest, and a request with `compat` has them all. */
function schemeOf(headers: ReceivedRequest["headers"]): Checked | null {
  const names = Object.keys(SIGNATURE_HEADERS) as Checked[];
  return names.find((name) => headers[SIGNATURE_HEADERS[name]] !== undefined) ?? null;
}

/** Null where the scheme signs none. */
function timestampOf(headers: ReceivedRequest["headers"], scheme: Checked): number | null {
  if (scheme === "standard") return Number(headers["webhook-timestamp"]);
  if (scheme === "stripe") return Number(/(?:^|,)t=(\d+)/.exec(headers["stripe-signature"] ?? "")?.[1]);
  return null;
}

/** What we would have sent with this secret. */
function expected(scheme: Checked, secret: string, signed: Signed): string {
  const kind = secret.startsWith("whsk_") ? "ed25519" : "hmac";
  if (kind === "ed25519" && scheme !== "standard") return "";
  return schemes[scheme].sign({ ...signed, keys: [{ kind, secret }] })[SIGNATURE_HEADERS[scheme]] ?? "";
}

/** The signatures of a header: `v1,… v1a,…`, `t=…,v1=…,v1=…`, `sha256=…` or plain hex. */
function partsOf(header: string): string[] {
  const separator = header.startsWith("t=") ? "," : " ";
  return header.split(separator).filter((part) => part !== "" && !part.startsWith("t="));
}

function verifiesPublicly(part: string, secret: string, { id, timestamp, body }: Signed): boolean {
  if (!part.startsWith("v1a,")) return false;
  const key = publicKeyOf(Buffer.from(secret.slice("whpk_".length), "base64"));
  const bytes = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return verify(null, bytes, key, Buffer.from(part.slice("v1a,".length), "base64"));
}

function same(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/** Never repeats it: it may be the right secret with a slip in it. */
function checkForm(secret: string): void {
  if (/^wh(sec|sk|pk)_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) return;
  throw new TidingsError("INVALID_SECRET", { detail: "It must be whsec_…, whsk_… or whpk_…" });
}
