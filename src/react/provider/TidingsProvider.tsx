import { useMemo, type ReactElement, type ReactNode } from "react";
import { createClient, type Fetch } from "../client/createClient.ts";
import { english, type Words } from "../words.ts";
import { TidingsContext, type Reader } from "./useTidings.ts";

export interface TidingsProviderProps {
  /** Where the handler is mounted: `/tidings`. Default: the root of this origin. */
  baseUrl?: string | undefined;
  /** Sends the requests, also the one for the live stream: add a token here. Default: the browser's own, with its cookies. */
  fetch?: Fetch | undefined;
  /** The language of sentences, times and numbers: `de-AT`. Default: what the browser asks for. */
  locale?: string | undefined;
  /** Who reads: their own deeds become "You". Default: nobody in particular. */
  viewer?: Reader["viewer"];
  /** An IANA name. Default: the device's. With one, the server renders the same days as the browser. */
  timeZone?: string | undefined;
  /** What the components say themselves, in another language. Default: English. */
  words?: Partial<Words> | undefined;
  children?: ReactNode;
}

/** Everything beneath it shares one client, and one live stream, that opens with the first component that needs it. */
export function TidingsProvider({
  baseUrl = "",
  fetch = ownFetch,
  locale,
  viewer,
  timeZone,
  words,
  children,
}: TidingsProviderProps): ReactElement {
  const client = useMemo(() => createClient(baseUrl, fetch, locale), [baseUrl, fetch, locale]);
  const viewerType = viewer?.type;
  const viewerId = viewer?.id;
  const value = useMemo(
    () => ({
      client,
      locale,
      timeZone,
      viewer:
        viewerType !== undefined && viewerId !== undefined ? { type: viewerType, id: viewerId } : undefined,
      words: words ? { ...english, ...words } : english,
    }),
    [client, locale, timeZone, viewerType, viewerId, words],
  );
  return <TidingsContext.Provider value={value}>{children}</TidingsContext.Provider>;
}

/** Looked up at each call: an app may replace the global one. */
const ownFetch: Fetch = (url, init) => globalThis.fetch(url, init);
