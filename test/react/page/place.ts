import type { AnyPage } from "../../../src/react/index.ts";

/** What the page shows, as its address says: `/?show=feed&grouped=true&marks=account`. */
export interface Place {
  readonly show: "feed" | "timeline" | "days" | "filters";
  readonly grouped: boolean;
  readonly marks: string | undefined;
  readonly pageSize: number;
  readonly startAt: string | undefined;
  readonly types: readonly string[] | undefined;
  readonly locale: string | undefined;
  readonly timeZone: string | undefined;
  readonly viewer: string | undefined;
  readonly box: boolean;
}

/** What the server hands to the browser beside its HTML. */
export interface Given {
  readonly initialPage: AnyPage | undefined;
}

export function placeOf(query: URLSearchParams): Place {
  const text = (name: string) => query.get(name) ?? undefined;
  return {
    show: (text("show") ?? "feed") as Place["show"],
    grouped: query.has("grouped"),
    marks: text("marks"),
    pageSize: Number(text("pageSize") ?? 50),
    startAt: text("startAt"),
    types: text("types")?.split(","),
    locale: text("locale"),
    timeZone: text("timeZone"),
    viewer: text("as"),
    box: query.has("box"),
  };
}
