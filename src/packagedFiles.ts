import { TidingsError } from "./errors.ts";

/** Reads files that lie beside the package's modules. Throws FILES_MISSING where they do not: bundlers take modules and leave files. */
export async function readPackaged<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!isAbsence(error)) throw error;
    throw new TidingsError("FILES_MISSING", { cause: error });
  }
}

/** In a CommonJS bundle there is no `import.meta.url`, and so no place to look in: ERR_INVALID_ARG_TYPE. */
function isAbsence(error: unknown): boolean {
  const absences: unknown[] = ["ENOENT", "ENOTDIR", "ERR_INVALID_ARG_TYPE"];
  return error instanceof Error && "code" in error && absences.includes(error.code);
}
