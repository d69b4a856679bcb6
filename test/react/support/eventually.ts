import { expect } from "vitest";

/** What a browser gets to in its own time: longer than a busy machine needs. */
export function eventually<Value>(look: () => Promise<Value> | Value) {
  return expect.poll(look, { timeout: 20_000 });
}
