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

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
}

/** Reads the problem (RFC 9457) of a refusal. */
export async function refusalOf(response: Response): Promise<RequestFailed> {
  const { status } = response;
  // Of a proxy it may be any JSON, or none.
  const problem = (await response.json().catch(() => null)) as Problem | null;
  const wait = Number(response.headers.get("retry-after") ?? "x");
  const retryAfterMs = Number.isFinite(wait) ? wait * 1_000 : null;
  const code = problem?.code ?? `HTTP_${status}`;
  const said = problem?.code ? (problem.title ?? problem.detail) : `The answer was ${status}.`;
  return new RequestFailed(code, said ?? code, status, retryAfterMs);
}
