import type { ComponentType, ReactNode } from "react";
import type { RequestFailed } from "../client/requestFailed.ts";
import type { FeedEntity } from "../wire.ts";
import type { Entry } from "./entry.ts";

/** Parts of a feed that an app may draw by itself; each is a component. */
export interface FeedSlots {
  /** All of a line but its `<article>`, which stays ours for the sake of keyboards and screen readers. */
  readonly item?: ComponentType<ItemSlotProps> | undefined;
  /** Who acted. Hidden from screen readers, the sentence names them. Default: initials. */
  readonly avatar?: ComponentType<{ entity: FeedEntity }> | undefined;
  /** Of a Lucide name. Default: an empty element with `data-icon`, which the stylesheet fills for common names. */
  readonly icon?: ComponentType<{ name: string }> | undefined;
  /** Where a router should do the navigation. Default: `<a>`. */
  readonly link?: ComponentType<LinkSlotProps> | undefined;
  readonly empty?: ComponentType<{ isFiltered: boolean }> | undefined;
  readonly error?: ComponentType<{ failure: RequestFailed; retry: () => void }> | undefined;
}

export interface ItemSlotProps {
  entry: Entry;
  /** The sentence with its links; the name of the line is taken from the element with this id. */
  sentence: ReactNode;
  /** The time, "unread" for screen readers, the link "View". */
  foot: ReactNode;
}

export interface LinkSlotProps {
  href: string;
  className: string;
  children: ReactNode;
}

/** Class names that are added to our own (`tidings-item`, `tidings-sentence` …). */
export interface FeedClassNames {
  readonly root?: string | undefined;
  readonly list?: string | undefined;
  readonly day?: string | undefined;
  readonly item?: string | undefined;
  readonly sentence?: string | undefined;
  readonly foot?: string | undefined;
  readonly time?: string | undefined;
  readonly avatar?: string | undefined;
  readonly icon?: string | undefined;
  readonly newButton?: string | undefined;
  readonly button?: string | undefined;
}
