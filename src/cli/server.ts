import { CliError } from "./cliError.ts";
import type { Call, Options } from "./command.ts";

export const serverOptions: Options = {
  server: {
    value: "URL",
    description:
      "Asks a running app over HTTP instead of the database: the address that its handler is mounted at.",
  },
  token: { value: "T", description: "Sent to the server as a bearer token. Default: TIDINGS_TOKEN." },
};

/** A running app's HTTP API. */
export interface Server {
  /** Resolves to the answer whatever its status; throws when there is none. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** As `request`, but throws what a problem response says. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

/** The server that the options name, or undefined. */
export function serverOf(call: Call): Server | undefined {
  const address = call.text("server");
  if (address === undefined) return undefined;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new CliError("USAGE", `--server must be an http(s) address, not "${address}"`);
  }
  for (const option of ["database-url", "pglite", "account"]) {
    if (call.has(option)) {
      throw new CliError(
        "USAGE",
        `--${option} does not go with --server: the server knows its database, the token its account`,
      );
    }
  }
  const base = address.replace(/\/+$/, "");
  const token = call.text("token") ?? call.terminal.environment["TIDINGS_TOKEN"];
  const request = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (token) headers.set("authorization", `Bearer ${token}`);
    try {
      return await fetch(base + path, { ...init, headers });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw unreachable(base, cause);
    }
  };
  return {
    request,
    ask: async (path, init) => {
      const response = await request(path, init);
      if (!response.ok) throw await refusal(response, base + path);
      return response;
    },
  };
}

function unreachable(base: string, cause: unknown): CliError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : undefined;
  // OpenSSL's own message is a number and a line of its source.
  const isPlain = inner && "code" in inner && inner.code === "ERR_SSL_WRONG_VERSION_NUMBER";
  const reason = isPlain
    ? "it does not speak TLS. Is it http:// instead?"
    : `${inner?.message || String(cause)}. Check that the app runs there`;
  return new CliError("SERVER_UNREACHABLE", `${base}: ${reason}`, { cause });
}

async function refusal(response: Response, url: string): Promise<CliError> {
  const problem = (await response.json().catch(() => ({}))) as {
    code?: unknown;
    detail?: unknown;
    title?: unknown;
  };
  const said = [problem.code, problem.detail, problem.title]
    .filter((part) => typeof part === "string")
    .join(": ");
  // Another app's 404, and ours where the path is right but for the place it is mounted at.
  const isElsewhere = response.status === 404 && (said === "" || problem.code === "ROUTE_NOT_FOUND");
  const hint = isElsewhere
    ? "no Tidings handler is mounted there; --server must include its basePath"
    : response.status === 401
      ? `${said || "not allowed"}. Pass a --token that authorize() accepts`
      : said || response.statusText;
  return new CliError("SERVER_REFUSED", `${url.split("?")[0]} answered ${response.status}: ${hint}`);
}
