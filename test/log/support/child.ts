import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A process of its own, which speaks in lines. */
export interface Child {
  readonly pid: number;
  /** Waits for a line that begins with `word`, also one said before; each is heard once. Returns the whole line. */
  says(word: string): Promise<string>;
  tell(line: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Kills it if it still runs. */
  end(): Promise<void>;
}

/** Less than a test has, so that it is said what did not come. */
const WITHIN_MS = 50_000;

export function startChild(script: string, settings: object): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path, JSON.stringify(settings)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const unheard: string[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    unheard.push(line);
    for (const look of listeners) look();
  });
  child.stdin.on("error", () => undefined); // it may be gone
  const ended = new Promise<number | string>((resolve) =>
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown")),
  );

  return {
    pid: child.pid!,
    ended,
    says: (word) =>
      new Promise((resolve, reject) => {
        const give = (settle: () => void) => {
          listeners.delete(look);
          clearTimeout(timer);
          settle();
        };
        const complain = (why: string) =>
          give(() =>
            reject(new Error(`${script} ${why} and did not say "${word}", but: ${unheard.join(" | ")}`)),
          );
        const look = () => {
          const at = unheard.findIndex((line) => line.startsWith(word));
          if (at >= 0) give(() => resolve(unheard.splice(at, 1)[0]!));
        };
        const timer = setTimeout(() => complain(`had ${WITHIN_MS} ms`), WITHIN_MS);
        void ended.then((how) => listeners.has(look) && complain(`ended with ${how}`));
        listeners.add(look);
        look();
      }),
    tell: (line) => child.stdin.write(`${line}\n`),
    kill: (signal) => child.kill(signal),
    end: async () => {
      child.kill("SIGKILL"); // also wakes one that SIGSTOP holds
      await ended;
    },
  };
}
