import { createContext, useContext } from "react";
import type { FeedClassNames, FeedSlots } from "./slots.ts";

export interface Look {
  readonly slots: FeedSlots;
  readonly classNames: FeedClassNames;
  /** The language of the page that is shown. */
  readonly locale: string | undefined;
  /** Whose page this is, `type:id`: its name is no link there, it would lead where one is. */
  readonly entity: string | undefined;
}

export const LookContext = createContext<Look>({
  slots: {},
  classNames: {},
  locale: undefined,
  entity: undefined,
});

export function useLook(): Look {
  return useContext(LookContext);
}

/** Our class name, and what the app adds. */
export function classOf(name: string, added: string | undefined): string {
  return added === undefined ? `tidings-${name}` : `tidings-${name} ${added}`;
}
