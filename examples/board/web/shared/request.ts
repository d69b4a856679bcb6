/** The code of a request that the server may or may not have received. */
export const NO_ANSWER = "NO_ANSWER";

/** What the server refused, in the shape of RFC 9457: `code` for programs, `message` for people. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Sends a request in the name of `personId` and gives the JSON of the answer. */
export async function request<Answer>(path: string, personId: string, body?: object): Promise<Answer> {
  const response = await send(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "x-person": personId, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as Answer;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new RequestFailed(NO_ANSWER, "The server does not answer. Is it still running?");
  }
}

async function failureOf(response: Response): Promise<RequestFailed> {
  const problem: unknown = await response.json().catch(() => null);
  if (typeof problem === "object" && problem !== null && "code" in problem) {
    const { code, detail, title } = problem as { code: string; detail?: string; title?: string };
    return new RequestFailed(code, detail ?? title ?? "The server refused.");
  }
  return new RequestFailed(
    `HTTP_${response.status}`,
    "The server gave an answer that this page does not understand.",
  );
}

export function asFailure(error: unknown): RequestFailed {
  return error instanceof RequestFailed ? error : new RequestFailed("PAGE_FAILED", String(error));
}
