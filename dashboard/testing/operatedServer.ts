import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { AccessRole } from "../../src/http/identity.ts";
import {
  captureWebhooks,
  type CaptureAnswer,
  type WebhookCapture,
} from "../../src/testing/captureWebhooks.ts";
import { createTestTidings, type TestTidings } from "../../src/testing/createTestTidings.ts";
import { buildDashboard } from "../build.ts";
import * as events from "./operatedEvents.ts";

export interface OperatedServer {
  readonly tidings: TestTidings;
  readonly receiver: WebhookCapture;
  /** What the receiver answers from now on. */
  answer(answer: CaptureAnswer): void;
  /** From now on the handlers of `mail` and `billing` work. */
  heal(): void;
  /** Of the dashboard: `webhooks/ep_1?delivery=…`. */
  url(path: string): string;
  /** Resolves when `count` parked events of `mail` have been set aside. */
  parked(count: number): Promise<void>;
  stop(): Promise<void>;
}

export const account = "launch-week";
/** Says in a request which role asks; without it an operator does. */
export const roleHeader = "x-test-role";
const ann = { type: "user", id: "ann", label: "Ann" };

interface OperatedOptions {
  /** What was recorded before anybody subscribed. Default: nothing. */
  readonly before?: (tidings: TestTidings) => Promise<void>;
  /** As for `createTestTidings`. */
  readonly cacheDirectory?: string;
}

/** An app with the loops running: what the pages do really happens. */
export async function startOperatedServer({
  before,
  cacheDirectory,
}: OperatedOptions = {}): Promise<OperatedServer> {
  let healthy = false;
  let given: CaptureAnswer = 200;
  const [tidings, receiver] = await Promise.all([
    createTestTidings({
      events,
      actor: ann,
      account,
      webhooks: { secretKey: Buffer.alloc(32, 7).toString("base64"), allowAddresses: ["127.0.0.1"] },
      http: {
        basePath: "/tidings",
        authorize: ({ headers }) => ({
          account,
          actor: ann,
          role: (headers.get(roleHeader) ?? "operator") as AccessRole,
        }),
      },
      cacheDirectory,
    }),
    captureWebhooks({ answer: () => given }),
    buildDashboard(),
  ]);
  await before?.(tidings);
  const fail = (words: string) => () => {
    if (!healthy) throw new Error(words);
  };
  tidings.subscribe("search", {
    types: [events.cardAdded, events.cardMoved],
    slots: 2,
    run: () => undefined,
  });
  tidings.subscribe("mail", {
    types: [events.commentAdded],
    maxAttempts: 1,
    run: fail("connect ECONNREFUSED 10.0.3.17:25: the mail server is away"),
  });
  tidings.subscribe("billing", {
    types: [events.invoicePaid],
    maxAttempts: 1,
    onFailure: "stop",
    run: fail("The ledger refuses entries of a closed month"),
  });
  await tidings.start();
  const server = createAdaptorServer({ fetch: tidings.handler }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    tidings,
    receiver,
    answer: (next) => void (given = next),
    heal: () => void (healthy = true),
    url: (path) => `http://127.0.0.1:${port}/tidings/dashboard/${path}`,
    parked: (count) =>
      new Promise((resolve) => {
        let seen = 0;
        const stop = tidings.signals.on("subscription.parked", () => {
          if (++seen < count) return;
          stop();
          resolve();
        });
      }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await tidings.close();
      await receiver.close();
    },
  };
}
