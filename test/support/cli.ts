import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { run } from "../../src/cli/run.ts";
import { createTerminal } from "../../src/cli/terminal.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");

/** The definitions that tests of the command line use. */
export const EVENTS_FILE = fileURLToPath(new URL("./cliEvents.ts", import.meta.url));

export interface CliOptions {
  readonly stdin?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Only for a process of its own. */
  readonly cwd?: string | undefined;
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tidings …` within this process. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const terminal = createTerminal(Readable.from([options.stdin ?? ""]), stdout, stderr, { ...options.env });
  const code = await run(args, terminal);
  return { code, stdout: await text(stdout.end()), stderr: await text(stderr.end()) };
}

/** Runs `tidings …` as a process of its own, to its end. */
export async function spawnCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = start(args, options);
  child.stdin!.end(options.stdin ?? "");
  const [stdout, stderr] = [text(child.stdout!), text(child.stderr!)];
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: await stdout, stderr: await stderr };
}

/** The exit code, or the signal that ended the process. */
export type CliEnd = number | NodeJS.Signals;

export interface RunningCli {
  /** The next line of stdout; rejects when the process ends without one. */
  nextLine(): Promise<string>;
  /** Writes to its stdin, and leaves that open. */
  type(text: string): void;
  /** Sends SIGINT, as Ctrl-C does, or another signal, and resolves when the process has ended. */
  interrupt(signal?: NodeJS.Signals): Promise<CliEnd>;
  /** Reads no more, as `| head` does when it has enough, and resolves when the process has ended. */
  readNoMore(): Promise<CliEnd>;
}

/** Starts `tidings …` and leaves it running. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = start(args, options);
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close") as Promise<[number, null] | [null, NodeJS.Signals]>;
  const end = async () => {
    const [code, signal] = await ended;
    return code ?? signal;
  };
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    nextLine: async () => {
      const next = await lines.next();
      if (next.done) throw new Error(`tidings ${args[0]} ended: ${stderr}`);
      return next.value;
    },
    type: (text) => void child.stdin!.write(text),
    interrupt: (signal = "SIGINT") => {
      child.kill(signal);
      return end();
    },
    readNoMore: () => {
      child.stdout!.destroy();
      return end();
    },
  };
}

function start(args: readonly string[], { env = {}, cwd }: CliOptions): ChildProcess {
  const { DATABASE_URL: _, TIDINGS_DATABASE_URL: __, TIDINGS_TOKEN: ___, ...inherited } = process.env;
  return spawn(process.execPath, ["--import", TSX, MAIN, ...args], { cwd, env: { ...inherited, ...env } });
}
