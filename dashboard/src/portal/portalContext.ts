import { createContext, useContext } from "react";
import { createApi, type Api, type WithSecret } from "../api.ts";
import { currentSession, endSession } from "./session.ts";

export interface Portal {
  readonly mayManage: boolean;
  /** Tells in one line what was done, and how to take it back where that can be done. */
  readonly say: (text: string, undo?: () => Promise<void>) => void;
  /** Shows a new secret, the only time that it can be seen. */
  readonly showSecret: (created: WithSecret) => void;
}

/** The portal lies beside the API: `<base>/portal/` and `<base>/webhooks/`. */
export const api: Api = createApi(new URL("..", document.baseURI), {
  token: () => currentSession().token ?? "",
  ended: endSession,
});

export const PortalContext = createContext<Portal | null>(null);

export function usePortal(): Portal {
  return useContext(PortalContext)!;
}
