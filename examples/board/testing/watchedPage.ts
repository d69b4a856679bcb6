import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the page and its console, and requests to any other host. */
  readonly complaints: readonly string[];
}

/** A window of its own: nothing is shared with other windows, not even cookies. */
export async function openBoard(
  browser: Browser,
  url: string,
  personId: string,
  device: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({ ...device, locale: "en-GB" });
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
  await page.goto(`${url}/?as=${personId}`);
  await page.locator("[data-card]").first().waitFor();
  return { page, complaints };
}
