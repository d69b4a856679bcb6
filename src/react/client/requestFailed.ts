/** A request that did not bring what was asked for. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  /** The code of the server's problem, `NO_ANSWER` where none came, or `HTTP_502` for an answer that is not Tidings' own. */
  readonly code: string;
  /** Of the answer; 0 where none came. */
  readonly status: number;
  /** How long the server asks to wait, or null. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, status: number, retryAfterMs: number | null = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export function noAnswer(): RequestFailed {
  return new RequestFailed("NO_ANSWER", "The server does not answer.", 0);
}

/** Reads the problem (RFC 9457) of a refusal. */
export async function refusalOf(response: Response): Promise<RequestFailed> {
  const { status } = response;
  const problem: unknown = await response.json().catch(() => null);
  const wait = Number(response.headers.get("retry-after") ?? "x");
  const retryAfterMs = Number.isFinite(wait) ? wait * 1_000 : null;
  if (typeof problem === "object" && problem !== null && "code" in problem) {
    const { code, detail, title } = problem as { code: string; detail?: string; title?: string };
    return new RequestFailed(code, title ?? detail ?? code, status, retryAfterMs);
  }
  return new RequestFailed(`HTTP_${status}`, `The answer was ${status}.`, status, retryAfterMs);
}
