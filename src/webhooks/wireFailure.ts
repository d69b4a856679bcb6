import { AttemptError } from "./failureWords.ts";

/** What keeps TCP from connecting. One text for all: which ports are open behind a name is nobody's business. */
const NO_CONNECTION: ReadonlySet<string> = new Set([
  "EACCES",
  "EADDRNOTAVAIL",
  "ECONNREFUSED",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EINVAL",
  "EMFILE",
  "ENETDOWN",
  "ENETUNREACH",
  "EPERM",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the certificate has expired",
  CERT_NOT_YET_VALID: "the certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is self-signed",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another host",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate comes from an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT: "the certificate comes from an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate comes from an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the certificate comes from an unknown authority, or its chain is not complete",
};

const PROTOCOL: ReadonlySet<string> = new Set([
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_RES_EXCEEDED_MAX_SIZE",
]);

/** What it means that no connection came about. */
export function connectFailure(error: unknown, protocol: string): AttemptError {
  if (error instanceof AttemptError) return error;
  const code = codeOf(error);
  if (protocol !== "https:" || NO_CONNECTION.has(code)) {
    return new AttemptError("connect", "no connection could be made", error);
  }
  // TCP stood: what else fails does so in the handshake.
  return new AttemptError("tls", CERTIFICATES[code] ?? "the TLS handshake failed", error);
}

/** What it means that an established connection gave no status. */
export function exchangeFailure(error: unknown): AttemptError {
  if (error instanceof AttemptError) return error;
  const code = codeOf(error);
  if (PROTOCOL.has(code))
    return new AttemptError("protocol", "the answer's head is too large or contradicts itself", error);
  // Its code is undefined for some of the parser's errors; a status below 100 (`HTTP/1.1 000`) breaks an assertion instead.
  if (code === "ERR_ASSERTION" || (error instanceof Error && error.name === "HTTPParserError"))
    return new AttemptError("protocol", "the answer is not HTTP/1.1", error);
  // TLS 1.3: that a client certificate is missing is said only after the handshake.
  if (code.startsWith("ERR_SSL_")) return new AttemptError("tls", "the TLS handshake failed", error);
  if (code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE" || code === "ETIMEDOUT") {
    return new AttemptError("reset", "the connection ended before an answer came", error);
  }
  return new AttemptError("internal", "the request could not be made", error);
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
