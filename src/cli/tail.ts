import { lanes, type Lane } from "../events/defineEvent.ts";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { connectionOptions, withLog } from "./connect.ts";
import { entityKey } from "./entityKey.ts";
import { databaseItems, withoutDefinitions } from "./databaseItems.ts";
import { itemLine, type LiveItem } from "./liveItem.ts";
import { definitionOptions, loadProject } from "./project.ts";
import { serverOf, serverOptions, type Server } from "./server.ts";
import { serverEventsQuery, serverItems } from "./serverEvents.ts";
import { parseMoment } from "./time.ts";
import { untilInterrupted } from "./untilInterrupted.ts";
import { tellWaitingEvents } from "./waitingEvents.ts";

export const tail: Command = {
  name: "tail",
  summary: "Follows the log: each event as it gets its position",
  usage: "--account A [options]",
  about:
    "Begins with the next event, or where --after or --since says, and ends with Ctrl-C. It only reads: no subscription " +
    "of your app runs. With your definitions at hand the sentences are yours; without them, actor, verb and subject.",
  options: {
    account: {
      value: "A",
      description: "Whose events. Needed, except with --server, where the token decides.",
    },
    types: {
      value: "T,…",
      repeated: true,
      description: "Types (card.moved), categories (card.*) or older names.",
    },
    lanes: { value: "L,…", repeated: true, description: `Of ${lanes.join(", ")}. Default: all of them.` },
    of: { value: "ENTITY", repeated: true, description: "Events about this entity: card:1." },
    after: { value: "POS", description: "Begins after this position; 0 is the beginning of the log." },
    since: { value: "TIME", description: "Begins at this time: 15m, 2h, 7d ago, or 2026-11-20T09:30Z." },
    limit: { value: "N", description: "Ends after this many events." },
    ...connectionOptions,
    ...serverOptions,
    ...definitionOptions,
  },
  examples: [
    ["tidings tail --account acme", "Everything that happens in acme, from now on."],
    [
      "tidings tail --account acme --types 'card.*' --of board:7 --since 2h",
      "A board's cards, the last two hours first.",
    ],
    [
      "tidings tail --account acme --after 0 --limit 10 --json | jq .text",
      "The first ten sentences of the log.",
    ],
    [
      "tidings tail --server http://localhost:3000/tidings --token $TOKEN",
      "Through a running app, as this token may.",
    ],
  ],
  failsWhen: "the log could not be read",
  run: async (call) => {
    const server = serverOf(call);
    limitOf(call);
    await untilInterrupted(call, (stop) =>
      server ? followServer(server, call, stop) : followDatabase(call, stop),
    );
    return 0;
  },
};

async function followServer(server: Server, call: Call, stop: AbortController): Promise<void> {
  const { since, ...following } = followingOf(call);
  const query = serverEventsQuery({ ...following, since: since?.toISOString() });
  const lost = (reason: string, retryInMs: number) =>
    call.terminal.note(`Lost the stream (${reason}); trying again in ${(retryInMs / 1_000).toFixed(1)} s`);
  await show(serverItems(server, query, stop.signal, lost), call, stop);
}

async function followDatabase(call: Call, stop: AbortController): Promise<void> {
  const account = call.required("account");
  const { types, ...filter } = followingOf(call);
  const { registry } = await loadProject(call);
  await withLog(call, async (db) => {
    const following = {
      account,
      ...filter,
      // Without definitions nobody knows which types a category has: then the names are compared here.
      types: registry ? types : undefined,
    };
    const wanted =
      registry || !types ? () => true : (item: LiveItem) => types.some((type) => covers(type, item.type));
    const failed = (error: unknown) =>
      call.terminal.note(
        `The log could not be read (${error instanceof Error ? error.message : String(error)}); trying again`,
      );
    const items = databaseItems(db, registry ?? withoutDefinitions, following, stop.signal, failed);
    const told = db.concurrent ? tellWaitingEvents(db, call.terminal, stop.signal) : undefined;
    try {
      await show(items, call, stop, wanted);
    } finally {
      stop.abort();
      await told;
    }
  });
}

async function show(
  items: AsyncIterable<LiveItem>,
  call: Call,
  stop: AbortController,
  wanted: (item: LiveItem) => boolean = () => true,
): Promise<void> {
  const limit = limitOf(call);
  let shown = 0;
  if (limit === 0) return;
  call.terminal.progress("waiting for events; Ctrl-C ends …");
  for await (const item of items) {
    if (!wanted(item)) continue;
    call.terminal.print(call.has("json") ? JSON.stringify(item) : itemLine(item, new Date(), call.terminal));
    if (++shown >= limit) break;
  }
  stop.abort();
}

function limitOf(call: Call): number {
  return call.wholeNumber("limit") ?? Infinity;
}

/** Which events, and where to begin. */
function followingOf(call: Call) {
  const since = call.text("since");
  if (since !== undefined && call.has("after"))
    throw new CliError("USAGE", "Pass --after or --since, not both");
  const of = call.texts("of").map((entity) => entityKey("--of", entity));
  const unknown = call.list("lanes")?.find((lane) => !lanes.some((known) => known === lane));
  if (unknown !== undefined)
    throw new CliError("USAGE", `--lanes "${unknown}" is none of ${lanes.join(", ")}`);
  return {
    types: call.list("types"),
    lanes: (call.list("lanes") as readonly Lane[] | undefined) ?? lanes,
    of: of.length > 0 ? of : undefined,
    after: call.wholeNumber("after"),
    since: since === undefined ? undefined : parseMoment("--since", since),
  };
}

function covers(pattern: string, type: string): boolean {
  return (
    pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)))
  );
}
