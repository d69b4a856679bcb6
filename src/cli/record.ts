import type { Draft } from "../events/draft.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { connectionOptions, withLog } from "./connect.ts";
import { draftFromOptions, toDraft, type GivenDraft } from "./givenDraft.ts";
import { definitionOptions, loadRegistry } from "./project.ts";
import { recordLines, type LineResult } from "./recordLines.ts";
import { serverOf, serverOptions } from "./server.ts";
import { printable } from "./terminal.ts";

export const recordCommand: Command = {
  name: "record",
  summary: "Records an event, or a batch of them from stdin",
  usage:
    "TYPE --account A --actor ENTITY --subject ENTITY [options]\n  tidings record --batch [options] < events.ndjson",
  about:
    "An entity is written type:id or type:id=Label: card:1, user:ann=Ann. Events are checked by your definitions, as " +
    "record() does. A batch is one JSON object a line, with the fields of POST /events; each line stands for itself, and " +
    "--account, --actor and --occurred-at are for lines that have none of their own.",
  options: {
    account: { value: "A", description: "Whose log. Needed, except with --server, where the token decides." },
    actor: { value: "ENTITY", description: "Who did it." },
    subject: { value: "ENTITY", description: "What it happened to." },
    ref: {
      value: "ROLE=ENTITY",
      repeated: true,
      description: "Another entity in a role; ROLE[]=ENTITY makes a list.",
    },
    data: { value: "JSON", description: "The event's data, @FILE, or - for stdin. Default: {}." },
    "occurred-at": { value: "TIME", description: "When it happened. Default: now." },
    key: { value: "KEY", description: "An idempotency key: a second event with it returns the first." },
    batch: { description: "Reads events from stdin, one JSON object a line, and prints a result for each." },
    ...connectionOptions,
    ...serverOptions,
    ...definitionOptions,
  },
  examples: [
    [
      "tidings record card.moved --account acme --actor user:ann=Ann --subject card:1='Fix the login' \\\n" +
        '      --ref from=column:1="To do" --ref to=column:2=Doing --ref board=board:7 --data \'{"position":0}\'',
      "One event.",
    ],
    [
      "tidings record --batch --account acme < events.ndjson",
      "Many, each line by itself; exit code 1 if one is refused.",
    ],
  ],
  failsWhen: "an event was refused, or the log could not be written",
  positionals: 1,
  run: async (call) => {
    const [type] = call.positionals;
    if (call.has("batch")) {
      for (const option of ["subject", "ref", "data", "key"]) {
        if (call.has(option))
          throw new CliError("USAGE", `--${option} does not go with --batch: it belongs to each line`);
      }
      if (type !== undefined)
        throw new CliError("USAGE", "TYPE does not go with --batch: each line has its own");
      return recordBatch(call);
    }
    if (type === undefined) throw new CliError("USAGE", "TYPE is missing: tidings record card.moved …");
    await recordOne(type, call);
    return 0;
  },
};

async function recordOne(type: string, call: Call): Promise<void> {
  const server = serverOf(call);
  if (server) {
    const { account: _, ...given } = await draftFromOptions(type, call);
    const response = await server.ask("/events", post(given));
    return printEvent((await response.json()) as PrintedEvent, call);
  }
  call.required("account");
  call.required("actor");
  const given = await draftFromOptions(type, call);
  await withTidings(call, async (tidings) => {
    const drafts: Draft[] = [toDraft(given, tidings.registry)];
    const [event] = await tidings.record(...drafts);
    printEvent(printed(event!), call);
  });
}

async function recordBatch(call: Call): Promise<number> {
  const server = serverOf(call);
  if (server) {
    const withoutAccount = ({ account: _account, ...given }: GivenDraft) => given;
    return recordLines(call, withoutAccount, async (events) => {
      const response = await server.ask("/events", post({ events, atomic: false }));
      const { results } = (await response.json()) as { results: ServerResult[] };
      return results.map((result) =>
        result.ok ? { ok: true, id: result.event.id } : refusalOf(result.error),
      );
    });
  }
  return withTidings(call, (tidings) => {
    const prepare = (given: GivenDraft) => toDraft(given, tidings.registry);
    return recordLines(call, prepare, async (drafts) =>
      (await tidings.recordEach(drafts)).map((result) =>
        result.ok
          ? { ok: true, id: result.event.id }
          : { ok: false, code: result.error.code, message: result.error.message },
      ),
    );
  });
}

interface Problem {
  readonly code: string;
  readonly title: string;
  readonly detail?: string | undefined;
}

type ServerResult =
  | { readonly ok: true; readonly event: { readonly id: string } }
  | { readonly ok: false; readonly error: Problem };

function refusalOf({ code, title, detail }: Problem): LineResult {
  return { ok: false, code, message: detail === undefined ? title : `${detail}. ${title}` };
}

/** One of our own on the app's definitions: the app's may have subscriptions, and those are not ours to run. */
async function withTidings<Result>(call: Call, work: (tidings: Tidings) => Promise<Result>): Promise<Result> {
  const registry = await loadRegistry(call);
  return withLog(call, (db) => work(createTidings({ db, events: registry.types })));
}

function post(body: object): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

type PrintedEvent = Pick<RecordedEvent, "id" | "type"> & { readonly occurredAt: string };

function printed(event: RecordedEvent): PrintedEvent {
  return { ...event, occurredAt: event.occurredAt.toISOString() };
}

function printEvent(event: PrintedEvent, { has, terminal }: Call): void {
  terminal.print(
    has("json")
      ? JSON.stringify(event)
      : `recorded ${terminal.paint("bold", printable(event.type))} ${event.id} at ${event.occurredAt}`,
  );
}
