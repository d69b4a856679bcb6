import { once } from "node:events";
import { createServer } from "node:http";
import { isTidingsError } from "../errors.ts";
import { createHandler } from "../http/handler.ts";
import type { Tidings } from "../tidings.ts";
import { letReachLoopback } from "../webhooks/openLoopback.ts";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { listenOnLoopback, portOf } from "./listenOnLoopback.ts";
import { definitionOptions, requireTidings } from "./project.ts";
import { requestListener } from "./requestListener.ts";
import { printable } from "./terminal.ts";
import { untilInterrupted } from "./untilInterrupted.ts";

export const dev: Command = {
  name: "dev",
  summary: "Runs your tidings on this machine: API, dashboard, portal, worker",
  usage: "--account A [options]",
  about:
    "Migrates the database, starts the worker and serves the handler to this machine alone. Whoever asks is an operator of " +
    "the account, user:developer: your authorize is not called. Webhooks may reach this machine, as long as this process sends " +
    "them: let no other worker run on the same database meanwhile. Never for production.",
  options: {
    account: {
      value: "A",
      description: "Whom requests are of. Default: the account that your tidings is fixed to.",
    },
    port: { value: "N", description: "Default: 4100. 0 takes a free one." },
    config: definitionOptions["config"]!,
  },
  examples: [
    ["tidings dev --account acme", "Prints where to look; Ctrl-C ends what is under way and stops."],
    ["tidings dev --account acme --port 0 --json | head -1 | jq -r .api", "For programs: the address."],
  ],
  failsWhen: "the port is taken, or the database cannot be migrated",
  run: async (call) => {
    const port = portOf(call, 4100);
    const tidings = await requireTidings(call);
    const account = accountOf(call, tidings);
    tellFailures(call, tidings);
    await untilInterrupted(call, async (stop) => {
      for (const { name } of await tidings.migrate()) call.terminal.note(`applied ${name}`);
      letReachLoopback(tidings.webhooks);
      await serve(call, tidings, { account, port, stop });
    });
    return 0;
  },
};

function accountOf(call: Call, tidings: Tidings): string {
  const account = call.text("account") ?? tidings.context().account;
  if (account === undefined || account === "") {
    throw new CliError("USAGE", "--account A is missing. See: tidings dev --help");
  }
  return account;
}

/** What would be found in an app's log. */
function tellFailures({ terminal }: Call, { signals }: Tidings): void {
  const tell = (what: string, error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    terminal.note(printable(`${what}: ${words}`));
  };
  signals.on("loop.failed", ({ loop, error }) => tell(loop, error));
  signals.on("subscription.failed", ({ name, error }) => tell(`subscription ${name}`, error));
  signals.on("http.failed", ({ method, path, error }) => tell(`${method} ${path}`, error));
}

interface Serving {
  readonly account: string;
  readonly port: number;
  readonly stop: AbortController;
}

async function serve(call: Call, tidings: Tidings, { account, port, stop }: Serving): Promise<void> {
  const authorize = () => ({ account, actor: DEVELOPER, role: "operator" as const });
  const server = createServer(requestListener(createHandler(tidings, { authorize })));
  const api = await listenOnLoopback(server, port);
  try {
    await tidings.start();
    announce(call, { account, api, dashboard: `${api}/dashboard/`, portal: portalOf(tidings, account, api) });
    if (!stop.signal.aborted) await once(stop.signal, "abort");
  } finally {
    server.close(); // takes nothing new
    await tidings.stop(); // ends live streams, and what is being sent
    server.closeAllConnections();
  }
}

const DEVELOPER = { type: "user", id: "developer", label: "Developer" } as const;

interface Addresses {
  readonly account: string;
  readonly api: string;
  readonly dashboard: string;
  readonly portal: string | null;
}

function announce({ terminal, has }: Call, addresses: Addresses): void {
  if (has("json")) return terminal.print(JSON.stringify(addresses));
  const { account, api, dashboard, portal } = addresses;
  terminal.print(`${terminal.paint("bold", printable(account))} on this machine. Ctrl-C ends`);
  terminal.print(`  API        ${api}`);
  terminal.print(`  Dashboard  ${dashboard}`);
  if (portal !== null) terminal.print(`  Portal     ${portal}`);
}

/** As long as a token can be: a day. Null where webhooks are off. */
const A_DAY_SECONDS = 86_400;

function portalOf({ webhooks }: Tidings, account: string, api: string): string | null {
  try {
    const token = webhooks.portalToken({ account, role: "manage", forSeconds: A_DAY_SECONDS });
    return `${api}/portal/#token=${token}`;
  } catch (error) {
    if (isTidingsError(error, "WEBHOOKS_OFF")) return null;
    throw error;
  }
}
