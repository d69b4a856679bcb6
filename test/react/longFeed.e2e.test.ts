import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "./support/eventually.ts";
import { buildPage, type BuiltPage } from "./buildPage.ts";
import { startPageServer, type PageServer } from "./pageServer.ts";
import { aMove, ben } from "./sampleEvents.ts";
import { focused, openPage } from "./support/openPage.ts";

const executable = findChromium();
const LINES = 10_000;

describe.skipIf(executable === undefined)("a feed of ten thousand lines", { timeout: 240_000 }, () => {
  let browser: Browser;
  let built: BuiltPage;
  let server: PageServer;
  let middle: string;
  beforeAll(async () => {
    [browser, built] = await Promise.all([launchChromium(executable!), buildPage(19)]);
    server = await startPageServer(built, inject("sharedDirectory"));
    await server.tidings().run({ account: "long" }, async () => {
      for (let from = 0; from < LINES; from += 1_000) {
        const recorded = await server
          .tidings()
          .record(...Array.from({ length: 1_000 }, (_, index) => aMove(from + index, ben)));
        if (from === LINES / 2) middle = recorded[0]!.id;
      }
    });
  }, 240_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    built?.remove();
  });

  test("scrolls to its end without an empty screen, with few lines in the page at any moment", async () => {
    const { page, complaints } = await openPage(browser, server.url("long", "ann", "pageSize=200"));
    await page.locator("article").first().waitFor();
    const seen = await page.evaluate(async (wanted) => {
      const frame = () => new Promise(requestAnimationFrame);
      const isEmpty = () =>
        document
          .elementFromPoint(innerWidth / 2, innerHeight / 2)
          ?.closest("article, .tidings-edge, .tidings-end, footer, .tidings-day") === null;
      let [most, empty, frames, last] = [0, 0, 0, 0];
      for (; last < wanted && frames < 20_000; frames++) {
        scrollBy(0, 3_000);
        // A busy machine needs some more frames than an idle one; an empty screen that stays is what nobody may see.
        for (let painted = 0; painted < 3 || (isEmpty() && painted < 30); painted++) await frame();
        const articles = document.querySelectorAll<HTMLElement>("article");
        most = Math.max(most, articles.length);
        if (isEmpty()) empty++;
        last = Math.max(...[...articles].map((each) => Number(each.ariaPosInSet)));
      }
      return { most, empty, frames, last };
    }, LINES);
    expect(seen.last).toBe(LINES);
    expect(seen.most).toBeLessThanOrEqual(200);
    expect(seen.empty).toBe(0);
    expect(await page.locator("article").last().getAttribute("aria-setsize")).toBe(String(LINES));
    expect(complaints).toEqual([]);
  });

  test("keeps the focused line in the page however far it is scrolled, and goes on from there", async () => {
    const { page } = await openPage(browser, server.url("long", "ann", "pageSize=200"));
    await page.locator("article").nth(30).waitFor();
    await page.locator('article[aria-posinset="5"]').focus();
    for (let times = 0; times < 40; times++) {
      await page.mouse.wheel(0, 1_000);
      await page.locator(`article >> nth=-1`).waitFor();
    }
    await eventually(() => page.evaluate(() => scrollY)).toBeGreaterThan(15_000);
    expect(await focused(page)).toBe("5");
    await page.keyboard.press("PageDown");
    expect(await focused(page)).toBe("6");
    await eventually(() => page.locator('article[aria-posinset="6"]').isVisible()).toBe(true);
  });

  test("begun in the middle it grows both ways, and what is being read stays where it is", async () => {
    const { page, complaints } = await openPage(
      browser,
      server.url("long", "ann", `pageSize=50&startAt=${middle}`),
    );
    // One of the first page, whether or not the newer one above it is there already.
    const firstPage = await server.tidings().feed({ account: "long", before: middle, limit: 21 });
    const line = page.locator(`article[data-id="${firstPage.items[20]!.id}"]`);
    const before = await line.evaluate((element) => element.getBoundingClientRect().top);
    await eventually(() => line.getAttribute("aria-posinset").then(Number)).toBeGreaterThan(60);
    const after = await line.evaluate((element) => element.getBoundingClientRect().top);
    expect(Math.abs(after - before)).toBeLessThan(3);
    expect(await line.getAttribute("aria-setsize")).toBe("-1");
    expect(complaints).toEqual([]);
  });

  test("short pages begun in the middle grow at both edges, though both are on the screen at once", async () => {
    const { page, complaints } = await openPage(
      browser,
      server.url("long", "ann", `pageSize=8&startAt=${middle}`),
    );
    const id = await page.locator("article").first().getAttribute("data-id");
    const line = page.locator(`article[data-id="${id}"]`);
    await eventually(() => line.getAttribute("aria-posinset").then(Number)).toBeGreaterThan(8);
    await eventually(() => page.locator("article").count()).toBeGreaterThan(24);
    expect(complaints).toEqual([]);
  });
});
