import { connect, createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { expect, test } from "vitest";
import { aMove, ann } from "../../test/support/boardEvents.ts";
import { createClient, serve } from "../../test/support/liveClient.ts";
import { authorizationOf, createTestApi } from "../../test/support/testApi.ts";
import { createTestDatabase } from "../../test/support/testDatabase.ts";

const by = { actor: ann, account: "acme" };

test("a client that comes back to another process goes on where it was, without a gap and without a repeat", async () => {
  const database = await createTestDatabase();
  const first = await createTestApi({ database });
  const second = await createTestApi({ database });
  await first.tidings.start();
  await second.tidings.start({ worker: false });
  const servers = [await serve(first), await serve(second)];
  try {
    let turn = 0;
    let lastEventId: string | undefined;
    const seen: string[] = [];
    while (seen.length < 30) {
      const server = servers[turn++ % 2]!;
      const client = createClient(server.url, "after=0", lastEventId);
      const writing = first.tidings.record(
        ...Array.from({ length: 5 }, (_, n) => ({ ...aMove(`${turn}-${n}`), ...by })),
      );
      let got = 0;
      const items = await client.readUntil((message) => message.data !== undefined && ++got === 3);
      lastEventId = client.lastEventId();
      seen.push(...items.map(({ subject }) => subject.id));
      await writing;
    }
    const all = Array.from({ length: turn }, (_, index) => index + 1).flatMap((call) =>
      Array.from({ length: 5 }, (_, n) => `${call}-${n}`),
    );
    expect(seen).toEqual(all.slice(0, seen.length));
  } finally {
    for (const server of servers) await server.close();
    await second.tidings.stop();
    await first.drop();
  }
});

test("streams share one HTTP/2 connection", async () => {
  const api = await createTestApi({ database: await createTestDatabase() });
  await api.tidings.start();
  const listener = getRequestListener(api.tidings.handler, { overrideGlobalObjects: false });
  const server: Http2Server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    // More than the six connections that browsers open to one host over HTTP/1.1.
    const streams = Array.from({ length: 10 }, () =>
      session.request({ ":path": "/live", authorization: authorizationOf({}) }).setEncoding("utf8"),
    );
    const begun = streams.map((stream) => textOf(stream, /^id: /m));
    await Promise.all(begun);
    const arrived = streams.map((stream) => textOf(stream, /^data: .*"moved-1"/m));
    await api.tidings.record({ ...aMove("moved-1"), ...by });
    await Promise.all(arrived);
    for (const stream of streams) stream.close();
  } finally {
    session.destroy();
    await new Promise((resolve) => server.close(resolve));
    await api.drop();
  }
});

/** Resolves when the stream has sent what matches. */
function textOf(stream: NodeJS.ReadableStream, wanted: RegExp): Promise<void> {
  let text = "";
  return new Promise((resolve) => {
    const read = (chunk: string) => {
      text += chunk;
      if (!wanted.test(text)) return;
      stream.off("data", read);
      resolve();
    };
    stream.on("data", read);
  });
}
