import { createContext, useContext } from "react";
import type { MemberView } from "../../domain/readBoard.ts";

export const MembersContext = createContext<readonly MemberView[]>([]);

export function useMember(id: string): MemberView | undefined {
  return useContext(MembersContext).find((member) => member.id === id);
}
