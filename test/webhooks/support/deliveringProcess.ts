import { Pool } from "pg";
import { pg } from "../../../src/db/pg.ts";
import { createSignals } from "../../../src/signals.ts";
import { createAddressGuard } from "../../../src/webhooks/addressGuard.ts";
import { createDeliver } from "../../../src/webhooks/deliver.ts";
import type { EndpointPolicy } from "../../../src/webhooks/options.ts";
import { createSealing } from "../../../src/webhooks/sealing.ts";
import { createSender } from "../../../src/webhooks/sendRequest.ts";
import { createWorker } from "../../../src/webhooks/worker.ts";

/** A process that does nothing but deliver what is due, until it is ended. */
export interface DeliveringSettings {
  readonly url: string;
  readonly secretKey: string;
  readonly policy: EndpointPolicy;
  readonly slots: number;
}

const settings = JSON.parse(process.argv[2]!) as DeliveringSettings;
const pool = new Pool({ connectionString: settings.url });
pool.on("error", () => undefined);
const signals = createSignals();
createWorker({
  db: pg(pool, { listen: false }),
  signals,
  deliver: createDeliver({
    sender: createSender({
      guard: createAddressGuard({ allow: ["127.0.0.1"] }),
      userAgent: "Tidings-Webhooks",
    }),
    sealing: createSealing([Buffer.from(settings.secretKey, "base64")]),
    signals,
    retry: { jitter: 0, maxRetryAfterMs: 0 },
  }),
  slots: settings.slots,
  pollMs: 10,
  policy: settings.policy,
  recordNotices: async () => undefined,
}).start();
