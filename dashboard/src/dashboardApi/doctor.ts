import { read } from "./request.ts";

export interface Finding {
  readonly check: string;
  readonly status: "fine" | "warning" | "bad";
  readonly summary: string;
  /** A command, an SQL statement, a call or a sentence. */
  readonly fix: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Examination {
  readonly status: Finding["status"];
  readonly findings: readonly Finding[];
}

export const examine = () => read<Examination>("doctor");
