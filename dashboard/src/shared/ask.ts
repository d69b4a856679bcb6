/** The code of a request that the server may or may not have received. */
export const NO_ANSWER = "NO_ANSWER";

/** What the server refused, in the shape of RFC 9457: `code` for programs, `message` for people. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  readonly code: string;
  /** Where in the input it was wrong, outermost key first; empty where nothing says so. */
  readonly path: readonly (string | number)[];

  constructor(code: string, message: string, path: readonly (string | number)[] = []) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** A server that took this long will not answer any more, and the reader has long been waiting. */
const GIVE_UP_MS = 20_000;

/** Sends a request and gives the JSON of the answer, or undefined where it has none. Throws RequestFailed. */
export async function ask<Answer>(url: string | URL, init: RequestInit = {}): Promise<Answer> {
  const response = await send(url, init);
  if (!response.ok) throw await failureOf(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/** The headers and body of a request that sends JSON. */
export function jsonBody(body: object): { headers: Record<string, string>; body: string } {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

export function asFailure(error: unknown): RequestFailed {
  return error instanceof RequestFailed ? error : new RequestFailed("PAGE_FAILED", String(error));
}

async function send(url: string | URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(GIVE_UP_MS) });
  } catch {
    throw new RequestFailed(NO_ANSWER, "The server does not answer. Are you connected, and is it running?");
  }
}

async function failureOf(response: Response): Promise<RequestFailed> {
  const problem: unknown = await response.json().catch(() => null);
  if (typeof problem === "object" && problem !== null && "code" in problem) {
    const { code, detail, title, path } = problem as Problem;
    return new RequestFailed(code, asSentence(detail ?? title ?? "The server refused."), path);
  }
  return new RequestFailed(
    `HTTP_${response.status}`,
    "The server gave an answer that this page does not understand.",
  );
}

/** Details begin with the name of what is wrong, which is read here without what stands before it. */
function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface Problem {
  readonly code: string;
  readonly detail?: string;
  readonly title?: string;
  readonly path?: readonly (string | number)[];
}
