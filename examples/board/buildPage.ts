import { join } from "node:path";
import { buildDashboard, buildUnlessNew } from "../../dashboard/build.ts";

const source = join(import.meta.dirname, "web");
/** What it takes from elsewhere: single pieces of the dashboard, and the React package. */
const borrowed = ["../../dashboard/src", "../../src/react"].map((path) => join(import.meta.dirname, path));
export const pageDirectory = join(import.meta.dirname, "dist");

/** Builds the board's page and the portal that it embeds, each unless a build exists that is newer than its sources. */
export async function buildPage(): Promise<void> {
  await buildDashboard();
  await buildUnlessNew(source, [source, ...borrowed], pageDirectory);
}
