// Tables that the log keeps. Change one, raise its version, and it is built anew beside the present one.
export { burnUp } from "./projections/burnUp.ts";
export { statistics } from "./projections/statistics.ts";
