import { readFile, writeFile } from "node:fs/promises";
import type { PublishedVersions } from "../events/publishedVersions.ts";
import { CliError } from "./cliError.ts";

export const VERSIONS_FILE = "tidings.versions.json";

/** What was published, or undefined where the file is not there. */
export async function readVersions(file: string): Promise<PublishedVersions | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { published } = JSON.parse(text) as { published?: unknown };
    if (isPublished(published)) return published;
  } catch {
    // Not JSON, often with the marks of a merge: answered below.
  }
  throw new CliError(
    "CONFIG_INVALID",
    `${file} is not what "tidings check versions --update" writes. Take it from version control again`,
  );
}

/** Two spaces, one value a line: what a review shows is what was published. */
export async function writeVersions(file: string, published: PublishedVersions): Promise<void> {
  const about =
    "Each published version, and a payload that it must keep reading. Written by: tidings check versions";
  await writeFile(file, `${JSON.stringify({ about, published }, null, 2)}\n`);
}

function isPublished(value: unknown): value is PublishedVersions {
  const isObject = (item: unknown): item is object =>
    typeof item === "object" && item !== null && !Array.isArray(item);
  return (
    isObject(value) &&
    Object.values(value).every(
      (versions) =>
        isObject(versions) &&
        Object.entries(versions).every(
          ([version, entry]) =>
            /^[1-9]\d{0,8}$/.test(version) && isObject(entry) && "shape" in entry && "golden" in entry,
        ),
    )
  );
}
