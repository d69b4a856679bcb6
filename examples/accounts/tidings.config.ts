import { PGlite } from "@electric-sql/pglite";
import { createAccounts } from "./accounts.ts";

// What `npx tidings` takes the definitions and routes from. The key opens nothing: nothing is performed through this one.
export const tidings = createAccounts(new PGlite(), "A".repeat(43) + "=");
