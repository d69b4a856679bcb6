import type { Database } from "../db/database.ts";
import type { Registry } from "../events/registry.ts";
import type { BackgroundWork } from "../lifecycle.ts";
import type { SubscriptionOptions } from "../log/subscription.ts";
import type { Signals } from "../signals.ts";
import { createAddressGuard } from "./addressGuard.ts";
import type { Webhooks } from "./api.ts";
import { asyncApi } from "./asyncapi.ts";
import { createBackfill } from "./backfill.ts";
import { createDeliver } from "./deliver.ts";
import { createDeliveries } from "./deliveries.ts";
import { createEndpoints } from "./endpoints.ts";
import { eventTypes } from "./eventTypes.ts";
import { fanOutSubscription } from "./fanOut.ts";
import { createJobLoop } from "./jobLoop.ts";
import { createJobs } from "./jobs.ts";
import { createNotices, type RecordDrafts } from "./notices.ts";
import { openLoopback, type OpensLoopback } from "./openLoopback.ts";
import type { WebhookSettings } from "./options.ts";
import { createPortalTokens } from "./portalToken.ts";
import { createPull } from "./pull.ts";
import { createRecover } from "./recover.ts";
import { createResealing } from "./reseal.ts";
import { createResend } from "./resend.ts";
import { createSealing } from "./sealing.ts";
import { createSender } from "./sendRequest.ts";
import { createSendPast } from "./sendPast.ts";
import { createStats } from "./stats.ts";
import { createSweeper } from "./sweeper.ts";
import { createTestEvents } from "./testEvent.ts";
import { createWebhookRetention } from "./webhookRetention.ts";
import { createWorker } from "./worker.ts";
import { createMessageWriter } from "./writeMessage.ts";

export interface WebhookDependencies<Handle> {
  readonly db: Database<Handle>;
  readonly registry: Registry;
  readonly signals: Signals;
  readonly accountOf: (given: string | undefined) => string;
  readonly record: RecordDrafts;
  /** Makes sure that the fan-out stands in the log, at its end if it is new. */
  readonly begin: () => Promise<void>;
}

/** The room put together: what apps call, and what runs between `start` and `stop`. */
export interface WebhookRoom<Handle> {
  readonly api: Webhooks;
  /** From the log to the queue; to be subscribed as `webhooks`. */
  readonly fanOut: SubscriptionOptions<Handle>;
  readonly work: BackgroundWork;
  /** Partitions and what is too old, once an hour. False: a lock was not to be had, try again in a minute. */
  readonly maintain: () => Promise<boolean>;
}

export function createWebhooks<Handle>(
  settings: WebhookSettings,
  { db, registry, signals, accountOf, record, begin }: WebhookDependencies<Handle>,
): WebhookRoom<Handle> {
  const { jitter, maxRetryAfterMs, slots, pollMs, policy } = settings;
  const guard = createAddressGuard({
    allow: settings.allowAddresses,
    deny: settings.denyAddresses,
    denyPorts: settings.denyPorts,
    httpsOnly: settings.httpsOnly,
  });
  const sealing = createSealing(settings.secretKeys);
  const tokens = createPortalTokens(settings.secretKeys);
  const writer = createMessageWriter({
    registry,
    source: settings.source ?? "",
    publicAccount: settings.publicAccount,
  });
  const rules = { checkUrl: guard.checkUrl, source: settings.source };
  const reading = { db, accountOf };
  const sending = { db, accountOf, registry, writer };
  const api: Webhooks & OpensLoopback = {
    endpoints: createEndpoints({ db, sealing, rules, maxEndpoints: settings.maxEndpoints, accountOf, begin }),
    deliveries: { ...createDeliveries({ ...reading, registry }), ...createResend(reading) },
    jobs: createJobs(reading),
    ...createSendPast(sending),
    ...createTestEvents(sending),
    ...createRecover(reading),
    ...createBackfill(reading),
    ...createPull({ db, sealing, accountOf }),
    ...createStats(reading),
    eventTypes: () => eventTypes(registry),
    asyncapi: () => asyncApi(registry),
    portalToken: tokens.issue,
    checkPortalToken: tokens.check,
    [openLoopback]: guard.openLoopback,
  };

  const sender = createSender({
    guard,
    userAgent: settings.userAgent,
    caCertificates: settings.caCertificates,
    unsafeTls: settings.unsafeTls,
  });
  const worker = createWorker({
    db,
    signals,
    deliver: createDeliver({ sender, sealing, signals, retry: { jitter, maxRetryAfterMs } }),
    slots,
    pollMs,
    policy,
    recordNotices: createNotices(record),
  });
  const jobs = createJobLoop({ db, signals, registry, writer });
  const loops = [worker, createSweeper(db, signals), jobs, createResealing(db, sealing, signals)];
  return {
    api,
    fanOut: fanOutSubscription({ db, registry, writer }),
    work: {
      start: () => loops.forEach((loop) => loop.start()),
      stop: async () => {
        await Promise.all(loops.map((loop) => loop.stop()));
        await sender.close();
      },
      wake: worker.wake,
      // In this order: a job's last step may have queued something just before it was over.
      idle: async () => (await jobs.idle()) && (await worker.idle()),
    },
    maintain: createWebhookRetention({ db, retainDays: settings.retainDays }),
  };
}
