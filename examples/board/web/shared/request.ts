import { ask, jsonBody } from "../../../../dashboard/src/shared/ask.ts";

/** Sends a request in the name of `personId` and gives the JSON of the answer. */
export function request<Answer>(path: string, personId: string, body?: object): Promise<Answer> {
  const { headers, ...sent } = body === undefined ? { headers: {} } : jsonBody(body);
  return ask<Answer>(path, {
    ...sent,
    method: body === undefined ? "GET" : "POST",
    headers: { ...headers, "x-person": personId },
  });
}
