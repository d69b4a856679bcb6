import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Imports an optional package: beside Tidings, or else from the project in the working directory. Undefined when it is
 * in neither place; what the package itself throws is thrown.
 */
export async function importFromProject<Module>(name: string): Promise<Module | undefined> {
  try {
    return (await import(name)) as Module;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const url = resolveFrom(process.cwd(), name);
  return url === undefined ? undefined : ((await import(url)) as Module);
}

function resolveFrom(directory: string, name: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(directory, "package.json")).resolve(name)).href;
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
