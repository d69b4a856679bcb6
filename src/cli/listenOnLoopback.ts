import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CliError } from "./cliError.ts";
import type { Call } from "./command.ts";

/** `--port`, checked. 0 takes a free one. */
export function portOf(call: Call, byDefault: number): number {
  const port = call.wholeNumber("port") ?? byDefault;
  if (port > 65_535) throw new CliError("USAGE", `--port ${port} is above 65535`);
  return port;
}

/** Only this machine can reach the server then. Resolves to its address. Throws PORT_UNAVAILABLE. */
export async function listenOnLoopback(server: Server, port: number): Promise<string> {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("PORT_UNAVAILABLE", `Port ${port}: ${reason}. Pass another one with --port`, {
      cause,
    });
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
