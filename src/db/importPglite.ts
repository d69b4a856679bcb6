import { TidingsError } from "../errors.ts";

/** When it is needed, and not before: an app on `pg` imports the same modules, and need not have PGlite. Throws PGLITE_MISSING. */
export async function importPglite(): Promise<typeof import("@electric-sql/pglite")> {
  try {
    return await import("@electric-sql/pglite");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new TidingsError("PGLITE_MISSING", { cause: error });
  }
}
