import { createContext, useContext } from "react";
import type { Identity } from "../dashboardApi/identity.ts";

/** What the frame lends to every page. */
export interface Frame {
  readonly identity: Identity;
  /** Tells in one line what was done, and how to take it back where that can be done. */
  readonly say: (text: string, undo?: () => Promise<void>) => void;
}

export const FrameContext = createContext<Frame | null>(null);

export function useFrame(): Frame {
  return useContext(FrameContext)!;
}

/** Whether the reader has the role `operator`: the whole log, settings, health. */
export function useIsOperator(): boolean {
  return useFrame().identity.role === "operator";
}
