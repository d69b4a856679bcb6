// tidings/pg
export { pg } from "./pgAdapter.ts";
export type { PgOptions } from "./pgAdapter.ts";
export { pgScratch } from "./pgScratch.ts";
export type { PgScratch, PgScratchOptions } from "./pgScratch.ts";
