import { useSyncExternalStore } from "react";

/** Whether the server answers: told by every request of the page, shown by one pill. */
export interface Connection {
  /** When the first request went without an answer; null while the server answers. */
  readonly lostAt: number | null;
}

const listeners = new Set<() => void>();
let connection: Connection = { lostAt: null };

export function noteAnswer(): void {
  if (connection.lostAt !== null) change({ lostAt: null });
}

export function noteNoAnswer(): void {
  if (connection.lostAt === null) change({ lostAt: Date.now() });
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}

function change(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}
