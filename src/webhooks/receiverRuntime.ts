/**
 * What `tidings generate webhook-types` writes below the types: verification for receivers, by the Web Crypto API alone, which Node 20,
 * Deno, Bun, browsers and edge runtimes have. A text, because it becomes part of somebody else's project.
 */
export const receiverRuntime = `/** What went wrong with a request. Answer it with 400; the sender will try again. */
export type WebhookProblem = "HEADERS_MISSING" | "TIMESTAMP_REFUSED" | "SIGNATURE_REFUSED" | "BODY_REFUSED" | "SECRET_INVALID";

export class WebhookError extends Error {
  readonly code: WebhookProblem;

  constructor(code: WebhookProblem, message: string) {
    super(message);
    this.name = "WebhookError";
    this.code = code;
  }
}

export interface WebhookRequest {
  /** Of Fetch (\`request.headers\`) or of Node (\`request.headers\`). */
  readonly headers:
    | { get(name: string): string | null }
    | { readonly [name: string]: string | readonly string[] | undefined };
  /** The body as it came. Never one that was parsed and written again: its bytes would be others. */
  readonly body: string | Uint8Array | ArrayBuffer;
}

export interface VerifyOptions {
  /** Refuses what was signed longer ago, or so far ahead. Default 300. */
  readonly toleranceSeconds?: number;
}

/**
 * Verifies a request and gives its event. \`secrets\`: \`whsec_…\`, or \`whpk_…\` for ed25519; a list while you change
 * from one to another. Pass over what you have seen: the header \`webhook-id\` is the same on every attempt. Types that
 * are newer than this file come as they are, so have a default branch. Throws WebhookError.
 */
export async function parseWebhook(
  request: WebhookRequest,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const text = await verifyWebhook(request, secrets, options);
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw new WebhookError("BODY_REFUSED", "The body is not JSON.");
  }
  if (typeof event !== "object" || event === null || !("type" in event) || typeof event.type !== "string")
    throw new WebhookError("BODY_REFUSED", "The body is no event in the standard format.");
  return event as WebhookEvent;
}

/** Verifies a request in any format, and gives its body as text. Throws WebhookError. */
export async function verifyWebhook(
  request: WebhookRequest,
  secrets: string | readonly string[],
  { toleranceSeconds = 300 }: VerifyOptions = {},
): Promise<string> {
  const id = header(request, "webhook-id");
  const timestamp = header(request, "webhook-timestamp");
  const signatures = header(request, "webhook-signature");
  if (!id || !timestamp || !signatures)
    throw new WebhookError("HEADERS_MISSING", "webhook-id, webhook-timestamp or webhook-signature is missing.");
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!/^[0-9]{1,15}$/.test(timestamp) || !(age <= toleranceSeconds))
    throw new WebhookError("TIMESTAMP_REFUSED", "webhook-timestamp is too far from the present time.");
  const body = bytesOf(request.body);
  const signed = joined(new TextEncoder().encode(\`\${id}.\${timestamp}.\`), body);
  for (const secret of typeof secrets === "string" ? [secrets] : secrets) {
    const { version, key, algorithm } = await verifyingKey(secret);
    // Nobody needs more, and each costs time.
    for (const part of signatures.split(" ").slice(0, 32)) {
      const [name, value = ""] = part.split(",");
      const signature = name === version ? fromBase64(value) : null;
      // Compares in constant time.
      if (signature && (await crypto.subtle.verify(algorithm, key, signature, signed))) return new TextDecoder().decode(body);
    }
  }
  throw new WebhookError("SIGNATURE_REFUSED", "No signature was made with a secret that is known here.");
}

async function verifyingKey(secret: string) {
  const isPublic = secret.startsWith("whpk_");
  const bytes = isPublic || secret.startsWith("whsec_") ? fromBase64(secret.slice(secret.indexOf("_") + 1)) : null;
  if (bytes === null || bytes.length < 24)
    throw new WebhookError("SECRET_INVALID", "A secret must be whsec_ or whpk_ and base64.");
  const algorithm = isPublic ? { name: "Ed25519" } : { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
  return { version: isPublic ? "v1a" : "v1", key, algorithm };
}

function header({ headers }: WebhookRequest, name: string): string | null {
  if (typeof headers.get === "function") return (headers.get as (name: string) => string | null)(name);
  const value = (headers as { readonly [name: string]: string | readonly string[] | undefined })[name];
  return typeof value === "string" ? value : (value?.[0] ?? null);
}

function bytesOf(body: WebhookRequest["body"]) {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return body instanceof Uint8Array ? body : new Uint8Array(body);
}

function joined(first: Uint8Array, second: Uint8Array) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function fromBase64(text: string) {
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
    return bytes;
  } catch {
    return null;
  }
}
`;
