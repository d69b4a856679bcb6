import { fork, type ChildProcess } from "node:child_process";

/** A process of its own that answers questions: load must not share an event loop with what is measured. */
export interface Child {
  ask<Answer>(question: string, input?: unknown): Promise<Answer>;
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
  /** Ends it in the middle of what it does. */
  kill(): Promise<void>;
}

type Answers = { readonly [question: string]: (input: never) => unknown };
interface Question {
  readonly number: number;
  readonly question: string;
  readonly input: unknown;
}
interface Reply {
  readonly number: number;
  readonly answer?: unknown;
  readonly error?: string | undefined;
}

/** Starts a module of this folder that calls `answer`. */
export function startChild(module: string): Child {
  const child = fork(new URL(module, import.meta.url), { execArgv: ["--import", "tsx"] });
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let last = 0;
  child.on("message", ({ number, answer, error }: Reply) => {
    const asked = waiting.get(number)!;
    waiting.delete(number);
    if (error === undefined) asked.resolve(answer as never);
    else asked.reject(new Error(`${module}: ${error}`));
  });
  child.once("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${module} ended with ${code}`));
  });
  return {
    ask: (question, input = null) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        child.send({ number: last, question, input } satisfies Question);
      }),
    stop: async () => {
      if (isRunning(child)) child.disconnect();
      await ended;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The child's side. Ends when the parent is gone, after `close`. */
export function answer(answers: Answers, close: () => Promise<void>): void {
  process.on("message", ({ number, question, input }: Question) => {
    Promise.resolve()
      .then(() => answers[question]!(input as never))
      .then(
        (given) => process.send!({ number, answer: given ?? null } satisfies Reply),
        (error: Error) => process.send!({ number, error: error.stack ?? error.message } satisfies Reply),
      );
  });
  process.on("disconnect", () => {
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null && child.connected;
}
