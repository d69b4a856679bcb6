import { createContext, useContext } from "react";
import type { TidingsClient } from "../client/createClient.ts";
import type { FeedWords, Words } from "../words.ts";

/** What the provider says about who reads, and how to ask. */
export interface Reader {
  readonly client: TidingsClient;
  readonly locale: string | undefined;
  readonly timeZone: string | undefined;
  readonly viewer: { readonly type: string; readonly id: string } | undefined;
  readonly words: FeedWords & Partial<Words>;
}

export const TidingsContext = createContext<Reader | null>(null);

export function useTidings(): Reader {
  const reader = useContext(TidingsContext);
  if (reader === null) throw new Error("Put a <TidingsProvider> around the components of tidings/react");
  return reader;
}
