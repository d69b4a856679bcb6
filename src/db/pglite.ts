// tidings/pglite
export { pglite } from "./pgliteAdapter.ts";
export { pgliteScratch } from "./pgliteScratch.ts";
export type { PgliteScratch, PgliteScratchOptions } from "./pgliteScratch.ts";
