// All that the board's log holds: for `tidings check versions --events`, which reads no database.
export * from "./actions.ts";
export * from "./events.ts";
