import { tidings, account } from "./tidings.ts";
import { feedItem } from "../../src/feed/feedItem.ts";
export async function shim(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const q = url.searchParams;
  const path = url.pathname.replace("/tidings", "");
  const page = {
    limit: Number(q.get("limit") ?? 50),
    before: q.get("before") ?? undefined,
    after: q.get("after") ?? undefined,
  };
  return tidings.run({ account }, async () => {
    if (path === "/feed") return Response.json(await tidings.feed(page as never));
    const t = /^\/timeline\/(\w+)\/(.+)$/.exec(path);
    if (t) return Response.json(await tidings.timeline({ type: t[1]!, id: t[2]! } as never, page as never));
    if (path === "/live") {
      const after = Number(request.headers.get("last-event-id") ?? q.get("after") ?? 0);
      const encoder = new TextEncoder();
      const signal = request.signal;
      return new Response(
        new ReadableStream({
          async start(c) {
            c.enqueue(encoder.encode(": hi\n\n"));
            try {
              for await (const e of tidings.live({ after, signal } as never)) {
                const item = feedItem(e, tidings.registry, { find: () => undefined });
                c.enqueue(
                  encoder.encode(
                    `id: ${e.position}\nevent: event\ndata: ${JSON.stringify({ ...item, position: e.position })}\n\n`,
                  ),
                );
              }
              c.close();
            } catch {}
          },
        }),
        { headers: { "content-type": "text/event-stream" } },
      );
    }
    return new Response(null, { status: 404 });
  });
}
