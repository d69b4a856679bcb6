import { describe, expect, test } from "vitest";
import { CliError } from "./cliError.ts";
import type { LiveItem } from "./liveItem.ts";
import type { Server } from "./server.ts";
import { serverEventsQuery, serverItems } from "./serverEvents.ts";

const message = (position: number) => `event: event\nid: ${position}\ndata: {"position":${position}}\n\n`;

/** A server that gives one answer after the other, each as the pieces in which it arrives. */
function serverOf(answers: readonly (readonly string[] | number | Error)[]) {
  const asked: (string | null)[] = [];
  const request = async (_path: string, init: RequestInit = {}) => {
    asked.push(new Headers(init.headers).get("last-event-id"));
    const answer = answers[asked.length - 1] ?? [];
    if (answer instanceof Error) throw answer;
    return typeof answer === "number"
      ? new Response(null, { status: answer })
      : new Response(ReadableStream.from(answer).pipeThrough(new TextEncoderStream()));
  };
  const ask = async (path: string, init?: RequestInit) => {
    const response = await request(path, init);
    if (!response.ok) throw new CliError("SERVER_REFUSED", String(response.status));
    return response;
  };
  return { asked, server: { request, ask } satisfies Server };
}

async function take(count: number, server: Server): Promise<{ items: LiveItem[]; lost: string[] }> {
  const stop = new AbortController();
  const items: LiveItem[] = [];
  const lost: string[] = [];
  for await (const item of serverItems(server, new URLSearchParams(), stop.signal, (reason) =>
    lost.push(reason),
  )) {
    items.push(item);
    if (items.length === count) break;
  }
  stop.abort();
  return { items, lost };
}

describe("a server's live stream", () => {
  test("is read in whatever pieces it arrives", async () => {
    const whole = `: hello\n\n${message(1)}id: 5\n\n${message(6)}`;
    const pieces = [...whole].map((character) => character);
    const { items } = await take(2, serverOf([pieces]).server);
    expect(items.map(({ position }) => position)).toEqual([1, 6]);
  });

  test("goes on where it was cut off, also at a position that had no event for us", async () => {
    const { asked, server } = serverOf([[message(1), "id: 5\n\n"], 503, new Error("refused"), [message(6)]]);
    const { items, lost } = await take(2, server);
    expect(items.map(({ position }) => position)).toEqual([1, 6]);
    expect(asked).toEqual([null, "5", "5", "5"]);
    expect(lost).toEqual(["the server ended the stream", "the server answered 503", "refused"]);
  });

  test("is not tried again when the first answer is no", async () => {
    const { asked, server } = serverOf([401]);
    await expect(take(1, server)).rejects.toMatchObject({ code: "SERVER_REFUSED" });
    expect(asked).toEqual([null]);
  });

  test("brings texts with any separator of lines whole", async () => {
    const label = "Line\u2028separator\u2029";
    const { items } = await take(1, serverOf([[`id: 1\ndata: ${JSON.stringify({ label })}\n\n`]]).server);
    expect(items).toEqual([{ label }]);
  });

  test("is asked for with one parameter for each value", () => {
    const query = serverEventsQuery({
      types: ["card.*", "a,b"],
      after: 0,
      since: "2026-11-20",
      of: undefined,
    });
    expect(String(query)).toBe("types=card.*&types=a%2Cb&after=0&since=2026-11-20");
  });
});
