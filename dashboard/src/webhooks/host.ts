import { createContext, useContext, type ComponentType, type ReactNode } from "react";
import type { Api, WithSecret } from "./api.ts";
import { start, type Place } from "./place.ts";

/** What the page that shows the webhooks lends to them: the portal of a customer, or the dashboard of the app. */
export interface WebhooksHost {
  readonly api: Api;
  readonly mayManage: boolean;
  /** What was sent holds events that not everybody in the account may see. */
  readonly mayReadDeliveries: boolean;
  /** Tells in one line what was done, and how to take it back where that can be done. */
  readonly say: (text: string, undo?: () => Promise<void>) => void;
  /** Shows a new secret, the only time that it can be seen. */
  readonly showSecret: (created: WithSecret) => void;
  readonly place: Place;
  readonly addressOf: (place: Place) => string;
  readonly go: (address: string, options: { readonly replace: boolean }) => void;
  /** Below the list of endpoints: what there is to see of all of them together. */
  readonly overview: ReactNode;
  /** Heading and way back, as the host's other pages have them. */
  readonly Page: ComponentType<WebhooksPageProps>;
}

export interface WebhooksPageProps {
  readonly title: string;
  /** What goes on from the title, less loud: the path of an address. */
  readonly detail?: string | undefined;
  /** Under the title. */
  readonly line?: ReactNode | undefined;
  /** Beside the title: a button to copy it. */
  readonly beside?: ReactNode | undefined;
  readonly back?: { readonly to: Partial<Place>; readonly words: string } | undefined;
  readonly actions?: ReactNode | undefined;
  readonly children: ReactNode;
}

export interface Webhooks extends WebhooksHost {
  /** Within an endpoint: keeps what is not named. `replace` where going back should not lead here again. */
  readonly goTo: (change: Partial<Place>, options?: { readonly replace: boolean }) => void;
  /** To another page: filters and what was open there do not come along. */
  readonly leaveFor: (place: Partial<Place>) => void;
}

export const HostContext = createContext<WebhooksHost | null>(null);

export function useWebhooks(): Webhooks {
  const host = useContext(HostContext)!;
  const { place, addressOf, go } = host;
  return {
    ...host,
    goTo: (change, options = { replace: false }) => go(addressOf({ ...place, ...change }), options),
    leaveFor: (to) => go(addressOf({ ...start, ...to }), { replace: false }),
  };
}
