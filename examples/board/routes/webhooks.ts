import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { Arrival, Receiver } from "../receiver.ts";
import { portalToken } from "../webhooks.ts";
import { json } from "./json.ts";

const secret = z
  .string()
  .trim()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "is not a secret: it begins with whsec_");

/** The portal's token, and what the page asks of the bundled receiver: a customer would look at their own server instead. */
export function webhookRoutes(receiver: Receiver): Hono {
  const state = () => ({ url: receiver.url, fails: receiver.fails() });
  return new Hono()
    .post("/portal-token", json(z.object({})), (c) => c.json({ token: portalToken() }))
    .get("/receiver", (c) => c.json(state()))
    .post("/receiver/secrets", json(z.object({ secret })), (c) => {
      receiver.learn(c.req.valid("json").secret);
      return c.json(state());
    })
    .post("/receiver/fail", json(z.object({ on: z.boolean() })), (c) => {
      receiver.fail(c.req.valid("json").on);
      return c.json(state());
    })
    .get("/receiver/arrivals", (c) =>
      streamSSE(c, async (stream) => {
        const send = (arrivals: readonly Arrival[]) =>
          stream.writeSSE({ event: "arrivals", data: JSON.stringify(arrivals) });
        const stop = receiver.onArrival((arrival) => void send([arrival]));
        await send(receiver.arrivals());
        await new Promise<void>((resolve) => stream.onAbort(resolve));
        stop();
      }),
    );
}
