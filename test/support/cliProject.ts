import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookOptions } from "../../src/webhooks/options.ts";

/** A folder with a config file that exports an app's tidings, with the board's events. */
export interface CliProject {
  readonly directory: string;
  /** For `--config`. */
  readonly config: string;
  remove(): Promise<void>;
}

export async function createCliProject(
  databaseUrl: string,
  webhooks: Pick<WebhookOptions, "secretKey" | "allowAddresses"> | null,
): Promise<CliProject> {
  const directory = await mkdtemp(join(tmpdir(), "tidings-cli-"));
  const config = join(directory, "tidings.config.ts");
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  await writeFile(
    config,
    `import { Pool } from ${JSON.stringify(import.meta.resolve("pg"))};
     import { events } from ${source("boardEvents.ts")};
     import { pg } from ${source("../../src/db/pg.ts")};
     import { createTidings } from ${source("../../src/tidings.ts")};
     const pool = new Pool({ connectionString: ${JSON.stringify(databaseUrl)} });
     export const tidings = createTidings({ db: pg(pool), events, webhooks: ${JSON.stringify(webhooks ?? undefined)} });`,
  );
  return { directory, config, remove: () => rm(directory, { recursive: true, force: true }) };
}
