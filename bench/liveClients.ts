import { request, type ClientRequest } from "node:http";
import { answer } from "./childProcess.ts";

// The browsers of the bench `live`: each keeps its place as an EventSource does, and now and then loses its connection.

export interface ClientSettings {
  readonly port: number;
  readonly clients: number;
  readonly accounts: readonly string[];
  /** How many connections a second are cut, at random. */
  readonly cutsPerSecond: number;
}

/** What the clients got. `delays` are milliseconds from the call of `record` to the client, of events that came while connected. */
export interface Received {
  readonly delays: readonly number[];
  readonly received: number;
  readonly duplicated: number;
  readonly cuts: number;
}

interface Client {
  readonly account: string;
  readonly seen: Set<string>;
  connection: ClientRequest | undefined;
  lastEventId: string | undefined;
  /** When it came back: what was recorded before waited for the client, not for us. */
  openedAt: number;
  rest: string;
}

let clients: Client[] = [];
let cutting: NodeJS.Timeout | undefined;
let port = 0;
let delays: number[] = [];
let duplicated = 0;
let cuts = 0;

async function open(settings: ClientSettings): Promise<void> {
  port = settings.port;
  const { accounts, cutsPerSecond } = settings;
  clients = Array.from({ length: settings.clients }, (_, number) => ({
    account: accounts[number % accounts.length]!,
    seen: new Set<string>(),
    connection: undefined,
    lastEventId: undefined,
    openedAt: 0,
    rest: "",
  }));
  // In groups: a thousand connections in one moment test the machine's backlog.
  for (let from = 0; from < clients.length; from += 100) {
    await Promise.all(clients.slice(from, from + 100).map(connect));
  }
  if (cutsPerSecond > 0) cutting = setInterval(cutOne, 1_000 / cutsPerSecond);
}

/** Resolves when the stream has begun: its first message, which tells the client's place, is here. */
function connect(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: client.account,
      ...(client.lastEventId !== undefined && { "last-event-id": client.lastEventId }),
    };
    const connection = request({ port, host: "127.0.0.1", path: "/live", headers, agent: false });
    client.connection = connection;
    client.rest = "";
    connection.on("error", (error) => (client.connection === connection ? reject(error) : resolve()));
    connection.on("response", (response) => {
      if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`));
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        // What a dead connection still had in its buffers was never received.
        if (client.connection !== connection) return;
        client.openedAt ||= Date.now();
        read(client, text);
        resolve();
      });
      response.on("error", () => undefined);
    });
    client.openedAt = 0;
    connection.end();
  });
}

function read(client: Client, text: string): void {
  const now = Date.now();
  const messages = (client.rest + text).split("\n\n");
  client.rest = messages.pop()!;
  for (const message of messages) {
    const id = /^id: (\d+)$/m.exec(message)?.[1];
    if (id !== undefined) client.lastEventId = id;
    const data = /^data: (.+)$/m.exec(message)?.[1];
    if (data === undefined) continue;
    const { id: event, occurredAt } = JSON.parse(data) as { id: string; occurredAt: string };
    if (client.seen.has(event)) duplicated++;
    client.seen.add(event);
    const recorded = Date.parse(occurredAt);
    if (recorded >= client.openedAt) delays.push(now - recorded);
  }
}

function cutOne(): void {
  const client = clients[Math.floor(Math.random() * clients.length)]!;
  if (client.openedAt === 0) return; // on its way back
  cuts++;
  const { connection } = client;
  client.connection = undefined;
  connection?.destroy();
  void connect(client).catch((error: unknown) => console.error("live client:", error));
}

/** Waits until so many have arrived in all, then tells what did. Sets everything back for the next measure. */
async function received(expected: number): Promise<Received> {
  const until = Date.now() + 10_000;
  const count = () => clients.reduce((sum, { seen }) => sum + seen.size, 0);
  while (count() < expected && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  clearInterval(cutting);
  const result = { delays, received: count(), duplicated, cuts };
  for (const client of clients) {
    const { connection } = client;
    client.connection = undefined;
    connection?.destroy();
  }
  clients = [];
  delays = [];
  duplicated = cuts = 0;
  return result;
}

answer({ open, received }, async () => undefined);
