import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import {
  captureWebhooks,
  type CaptureAnswer,
  type WebhookCapture,
} from "../../src/testing/captureWebhooks.ts";
import { aMove } from "../../test/support/boardEvents.ts";
import { desk, findChromium, launchChromium } from "../../test/support/chromium.ts";
import { openPage } from "./openPage.ts";
import { startPortalServer, type PortalServer } from "./portalServer.ts";

/** For the tests of one `describe`: a browser, a server with the portals of all accounts, and a receiver that answers as it is told. */
export function portalInBrowser(answer: () => CaptureAnswer = () => 200) {
  let browser: Browser;
  let portal: PortalServer;
  let receiver: WebhookCapture;

  beforeAll(async () => {
    [browser, portal, receiver] = await Promise.all([
      launchChromium(findChromium()!),
      startPortalServer(inject("sharedDirectory")),
      captureWebhooks({ answer }),
    ]);
  }, 120_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await portal?.stop();
    await receiver?.close();
  });

  return {
    tidings: () => portal.tidings,
    receiver: () => receiver,
    /** The portal of an account. */
    portalUrl: (account: string, role?: "manage" | "read") => portal.url(account, role),
    open: (url: string, device: BrowserContextOptions = desk) => openPage(browser, url, device),
    record: (account: string, ...ids: number[]) =>
      portal.tidings.run({ account }, () => portal.tidings.record(...ids.map((id) => aMove(id)))),
    addEndpoint: (account: string, changes: object = {}) =>
      portal.tidings.webhooks.endpoints.create(
        { url: receiver.url, types: ["card.*"], ...changes },
        { account },
      ),
  };
}
