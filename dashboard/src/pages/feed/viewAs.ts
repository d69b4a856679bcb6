import type { Fetch } from "../../../../src/react/client/createClient.ts";

/** Somebody whose feed is looked at. */
export interface SeenAs {
  /** Written `type:id`. */
  readonly viewer: string;
  /** What it also counts as: groups, boards, permissions. */
  readonly audiences: readonly string[];
}

export function seenAsOf(query: URLSearchParams): SeenAs | null {
  const viewer = query.get("as");
  if (viewer === null || !/^[a-z][a-z0-9_]*:./.test(viewer)) return null;
  return { viewer, audiences: query.getAll("audience").filter((key) => key !== "") };
}

/** Asks for everything that is read as this one. Marks and saved filters stay those of who really asks. */
export function fetchAs({ viewer, audiences }: SeenAs): Fetch {
  return (url, init) => fetch(isReading(url, init) ? withViewer(url, viewer, audiences) : url, init);
}

function isReading(url: string, init: RequestInit | undefined): boolean {
  return (init?.method ?? "GET") === "GET" && !/\/feed\/(marks|filters)\b/.test(url);
}

function withViewer(url: string, viewer: string, audiences: readonly string[]): string {
  const query = new URLSearchParams({ viewer });
  for (const audience of audiences) query.append("audiences", audience);
  return `${url}${url.includes("?") ? "&" : "?"}${query}`;
}
