import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the page and its console, and requests to any other host. */
  readonly complaints: readonly string[];
}

/** A window of its own, of a reader in English without motion unless `options` say otherwise, whose complaints are collected from its first moment. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol !== "data:" && to.host !== new URL(url).host) complaints.push(`request to ${to.host}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** A busy machine takes its time; what never comes about still fails. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: 30_000 });
}
