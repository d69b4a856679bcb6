import { spawn } from "node:child_process";
import { join } from "node:path";

export interface BoardProcess {
  readonly url: string;
  /** As Ctrl-C does; resolves to the exit code. */
  stop(): Promise<number | null>;
}

const root = join(import.meta.dirname, "../../..");

/** Starts the real server as its own process, as `npm start` does, and waits for the line with its URL. */
export async function startBoardProcess(dataDirectory: string, port = 0): Promise<BoardProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", "examples/board/server.ts"], {
    cwd: root,
    env: { ...process.env, BOARD_DATA: dataDirectory, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /http:\/\/localhost:\d+/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void exited.then((code) => reject(new Error(`The board ended with code ${code}:\n${output}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill("SIGINT");
      return exited;
    },
  };
}
