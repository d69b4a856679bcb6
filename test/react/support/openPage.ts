import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { desk } from "../../support/chromium.ts";

export interface OpenedPage {
  readonly page: Page;
  /** What the page said on the console, or threw: tests expect nothing. */
  readonly complaints: string[];
}

/** A page of its own context: nobody shares cookies. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ ...desk, locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

/** The texts of the lines that are in the page, newest first. */
export function lines(page: Page): Promise<string[]> {
  return page.locator("article .tidings-sentence").allInnerTexts();
}

/** Where the focus is: the place of a line, or what a control says. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return (
      activeElement?.getAttribute("aria-posinset") ?? (activeElement as HTMLElement | null)?.innerText ?? ""
    );
  });
}
