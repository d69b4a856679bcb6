import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Database } from "../db/database.ts";
import { isTidingsError } from "../errors.ts";
import type { FindRoute } from "../events/publishedVersions.ts";
import { createRegistry, type Definitions, type Registry } from "../events/registry.ts";
import { createRouteFinder } from "../replay/routedPayload.ts";
import type { Tidings } from "../tidings.ts";
import { CliError } from "./cliError.ts";
import type { Call, Options } from "./command.ts";
import { importFromProject } from "./importFromProject.ts";

export const definitionOptions: Options = {
  config: {
    value: "FILE",
    description:
      "The module that exports your tidings. Default: tidings.config.ts, .mts, .mjs or .js in this folder.",
  },
  events: { value: "FILE", description: "The module of definitions itself, instead of a config file." },
};

/** What the app's modules say. */
export interface Project {
  /** The app's own, where the config file exports it. */
  readonly tidings: Tidings | undefined;
  readonly registry: Registry | undefined;
  readonly db: Database | undefined;
}

const DEFAULT_FILES = ["tidings.config.ts", "tidings.config.mts", "tidings.config.mjs", "tidings.config.js"];

/** The config file to load, if there is one. */
export function projectFile(call: Call): string | undefined {
  return call.text("config") ?? DEFAULT_FILES.find((name) => existsSync(name));
}

/** The app's definitions. Throws CONFIG_MISSING when nothing says where they are. */
export async function loadRegistry(call: Call): Promise<Registry> {
  return (await loadReaders(call)).registry;
}

/** All that reads what was recorded: the definitions, and the routes of replays. Throws CONFIG_MISSING as `loadRegistry`. */
export async function loadReaders(call: Call): Promise<{ registry: Registry; findRoute: FindRoute }> {
  const { tidings, registry } = await loadProject(call);
  if (registry) return { registry, findRoute: createRouteFinder(tidings?.replayRoutes ?? [], registry) };
  throw new CliError(
    "CONFIG_MISSING",
    "This needs your event definitions. Pass --events src/events.ts, or write tidings.config.ts: " +
      'export { tidings } from "./src/tidings.ts";',
  );
}

/** The app's own, of the config file. Throws CONFIG_MISSING when none exports it; `otherwise` says what else would do. */
export async function requireTidings(call: Call, otherwise = ""): Promise<Tidings> {
  const { tidings } = await loadProject(call);
  if (tidings) return tidings;
  throw new CliError(
    "CONFIG_MISSING",
    'This needs your app\'s tidings. Write tidings.config.ts: export { tidings } from "./src/tidings.ts";' +
      otherwise,
  );
}

/** Loads it once a command: a module that is loaded twice would open its database twice, and PGlite does not bear that. */
export function loadProject(call: Call): Promise<Project> {
  const known = projects.get(call);
  if (known) return known;
  const project = readProject(call);
  projects.set(call, project);
  // A module that is still being loaded may open its database yet.
  call.atEnd(async () => void (await project.catch(() => undefined)));
  return project;
}

const projects = new WeakMap<Call, Promise<Project>>();

async function readProject(call: Call): Promise<Project> {
  const events = call.text("events");
  const file = projectFile(call);
  const config = file === undefined ? {} : await load(file);
  const tidings = config["tidings"] ?? config["default"];
  const db = isTidings(tidings) ? tidings.db : isDatabase(config["db"]) ? config["db"] : undefined;
  if (db?.close) call.atEnd(db.close);
  const definitions = events === undefined ? config["events"] : await load(events);
  return {
    tidings: isTidings(tidings) ? tidings : undefined,
    db,
    registry:
      definitions !== undefined
        ? registryOf(definitions, events ?? file!)
        : isTidings(tidings)
          ? tidings.registry
          : file === undefined
            ? undefined
            : registryOf(config, file),
  };
}

/** A module that exports neither tidings nor events is taken for the definitions themselves. */
function registryOf(definitions: unknown, file: string): Registry {
  try {
    return createRegistry(definitions as Definitions);
  } catch (error) {
    if (!isTidingsError(error, "INVALID_DEFINITION") || !error.detail?.startsWith("events holds no"))
      throw error;
    throw new CliError(
      "CONFIG_INVALID",
      `${file} exports no tidings and no event definition. Export createTidings(…) as tidings, or the definitions`,
      { cause: error },
    );
  }
}

async function load(file: string): Promise<Record<string, unknown>> {
  const path = resolve(file);
  if (!existsSync(path)) throw new CliError("CONFIG_MISSING", `${file} does not exist in ${process.cwd()}`);
  const done = new AbortController();
  try {
    return await Promise.race([importModule(file, path), neverLoaded(file, done.signal)]);
  } catch (cause) {
    if (cause instanceof CliError || isTidingsError(cause)) throw cause;
    throw new CliError("CONFIG_INVALID", `${file} could not be loaded: ${reasonOf(cause)}`, { cause });
  } finally {
    done.abort();
  }
}

/**
 * Rejects when the process has nothing left to wait for: what the module awaits at its top level will never come. Node would end
 * the process without a word.
 */
async function neverLoaded(file: string, signal: AbortSignal): Promise<never> {
  await once(process, "beforeExit", { signal });
  throw new CliError(
    "CONFIG_INVALID",
    `${file} was not loaded: it, or what it imports, awaits something at its top level that never comes`,
  );
}

/** What the module threw, and the first place of the app that the stack names. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const own = (line: string) => /^\s*at /.test(line) && !/node_modules|node:|\/dist\/cli\//.test(line);
  const place = cause.stack?.split("\n").find(own)?.trim();
  return place === undefined || cause.message.includes(process.cwd())
    ? cause.message
    : `${cause.message} (${place})`;
}

async function importModule(file: string, path: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path).href;
  if (!/\.[cm]?tsx?$/.test(path)) return (await import(url)) as Record<string, unknown>;
  const tsx = await importFromProject<typeof import("tsx/esm/api")>("tsx/esm/api");
  if (tsx) return (await tsx.tsImport(url, import.meta.url)) as Record<string, unknown>;
  try {
    return (await import(url)) as Record<string, unknown>; // newer versions of Node strip types themselves
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_UNKNOWN_FILE_EXTENSION"))
      throw cause;
    const hint = "Run: npm install --save-dev tsx, or pass a JavaScript module";
    throw new CliError("DRIVER_MISSING", `${file} is TypeScript, which this Node does not read. ${hint}`, {
      cause,
    });
  }
}

/** By shape: the app may have its own copy of this package. */
function isTidings(value: unknown): value is Tidings {
  return (
    typeof value === "object" &&
    value !== null &&
    "registry" in value &&
    "db" in value &&
    isDatabase(value.db)
  );
}

function isDatabase(value: unknown): value is Database {
  return typeof value === "object" && value !== null && "driver" in value && "adopt" in value;
}
