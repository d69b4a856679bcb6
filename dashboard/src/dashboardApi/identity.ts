import type { EntityRef } from "../../../src/react/wire.ts";
import { read } from "./request.ts";

/** Who reads, as the app said. What it allows is decided by the server; the page only hides what would be refused. */
export interface Identity {
  readonly account: string;
  readonly actor: EntityRef;
  readonly role: "reader" | "writer" | "service" | "operator";
}

export const readIdentity = () => read<Identity>("identity");
