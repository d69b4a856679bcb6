import { apiUrl } from "../frame/base.ts";
import { ask, jsonBody } from "../shared/ask.ts";

export type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** GET below the API: `read("entities", { q })`. Throws RequestFailed. The reader's session goes along: it is the app's own origin. */
export function read<Answer>(path: string, query: Query = {}): Promise<Answer> {
  return ask<Answer>(urlOf(path, query), { headers: { accept: "application/json" } });
}

/** Anything that changes something: `send("POST", "subscriptions/search/parked/retry", { … })`. Throws RequestFailed. */
export function send<Answer>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: object,
): Promise<Answer> {
  return ask<Answer>(urlOf(path), { method, ...(body && jsonBody(body)) });
}

export function urlOf(path: string, query: Query = {}): URL {
  const url = new URL(path, apiUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each));
  }
  return url;
}
