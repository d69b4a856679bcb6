import type { ReactNode } from "react";
import { TidingsProvider } from "../../../src/react/provider/TidingsProvider.tsx";
import type { Fetch } from "../../../src/react/client/createClient.ts";
import "../../../src/react/styles.css";
import { apiUrl } from "../frame/base.ts";
import "../styles/feed.css";

interface FeedProviderProps {
  /** Whose deeds are "You". Default: nobody's. */
  readonly viewer?: { readonly type: string; readonly id: string } | undefined;
  readonly fetch?: Fetch | undefined;
  readonly children: ReactNode;
}

/** The components that apps put into their own pages, with the dashboard's session and look. */
export function FeedProvider({ viewer, fetch, children }: FeedProviderProps) {
  return (
    <TidingsProvider baseUrl={apiUrl.pathname} viewer={viewer} fetch={fetch}>
      {children}
    </TidingsProvider>
  );
}
