import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "./support/eventually.ts";
import { buildPage, type BuiltPage } from "./buildPage.ts";
import { startPageServer, type PageServer } from "./pageServer.ts";
import { aMove, ann, ben, cleo, commentAdded, sampleCard } from "./sampleEvents.ts";
import { focused, lines, openPage } from "./support/openPage.ts";

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    "Skipped the browser tests of tidings/react: no Chromium found. Set CHROMIUM to the path of one.",
  );
}

describe.skipIf(executable === undefined).each([19, 18] as const)("a feed on React %d", (version) => {
  let browser: Browser;
  let built: BuiltPage;
  let server: PageServer;
  beforeAll(async () => {
    [browser, built] = await Promise.all([launchChromium(executable!), buildPage(version)]);
    server = await startPageServer(built, inject("sharedDirectory"));
  }, 180_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    built?.remove();
  });

  const record = (account: string, ...numbers: number[]) =>
    server
      .tidings()
      .run({ account }, () => server.tidings().record(...numbers.map((number) => aMove(number, ben))));
  const open = (account: string, query = "", options = {}) =>
    openPage(browser, server.url(account, "ann", query), options);

  const scrollDown = async (page: Page) => {
    // Some sentences take a row less once the font is there, and the browser keeps in place what it shows: 868 then.
    await page.evaluate(() => document.fonts.ready);
    await page.mouse.wheel(0, 900);
    await eventually(() => page.evaluate(() => scrollY)).toBe(900);
  };

  test("what happens shows up in two windows at once, and the actor reads You", async () => {
    const account = `two-${version}`;
    const [first, second] = await Promise.all([
      openPage(browser, server.url(account, "ann")),
      openPage(browser, server.url(account, "ben")),
    ]);
    for (const { page } of [first, second]) await page.getByText("Nothing has happened yet").waitFor();
    await server.tidings().run({ account }, () => server.tidings().record(aMove(1, ann)));
    await first.page.getByText("You moved Fix the flaky login test from To do to Doing").waitFor();
    await second.page.getByText("Ann Lindqvist moved Fix the flaky login test").waitFor();
    expect(first.complaints).toEqual([]);
    expect(second.complaints).toEqual([]);
  });

  test("a page from the server is taken over without a warning, in any zone and language of the browser", async () => {
    const account = `ssr-${version}`;
    await record(account, ...Array.from({ length: 12 }, (_, index) => index));
    for (const [timezoneId, locale] of [
      ["Asia/Kathmandu", "de-DE"],
      ["America/Los_Angeles", "ar-EG"],
    ] as const) {
      const { page, complaints } = await open(account, "ssr&pageSize=10", { timezoneId, locale });
      await page
        .getByText(/just now|gerade|\d/)
        .first()
        .waitFor();
      await page.locator(".tidings-live[data-state=live]").waitFor();
      // No longer the plain time that the server wrote.
      await eventually(() => page.locator("article time").first().innerText()).not.toMatch(/^\d{4}-/);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
    const html = await (await fetch(server.url(account, "ann", "ssr&pageSize=10"))).text();
    expect(html.match(/<article/g)).toHaveLength(10);
  });

  test("what arrives while the reader is further down waits behind a button, and nothing moves", async () => {
    const account = `waits-${version}`;
    await record(account, ...Array.from({ length: 40 }, (_, index) => index));
    const { page, complaints } = await open(account);
    await page.locator("article").nth(39).waitFor();
    await scrollDown(page);
    const before = await page.locator("article").nth(20).boundingBox();
    await record(account, 1, 2, 3);
    await page.getByRole("button", { name: "3 new" }).waitFor();
    expect(await page.locator("article").nth(20).boundingBox()).toEqual(before);
    await eventually(() => page.getByRole("status").allInnerTexts()).toContain("3 new");

    await page.getByRole("button", { name: "3 new" }).click();
    await eventually(() => page.locator("article").count()).toBe(43);
    await eventually(() => page.evaluate(() => scrollY)).toBeLessThan(60);
    // At the top again: the next one comes in by itself.
    await record(account, 4);
    await eventually(() => page.locator("article").count()).toBe(44);
    expect(complaints).toEqual([]);
  });

  test("the way to what is new leads to the newest, also where there is something above the lines", async () => {
    const account = `newest-${version}`;
    await server.tidings().marks.begin({ account, reader: ann });
    await record(account, ...Array.from({ length: 40 }, (_, index) => index));
    const { page } = await open(account, "marks=account");
    await page.getByRole("button", { name: "Mark all read" }).waitFor();
    await page.addStyleTag({
      content: ":root { --tidings-top: 0px !important } header { position: static !important }",
    });
    await scrollDown(page);
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await record(account, 1);
    const news = page.getByRole("button", { name: "1 new" });
    await news.click();
    await eventually(() => page.locator("article").count()).toBe(41);
    await news.waitFor({ state: "detached" });
    const { y } = (await page.locator("article").first().boundingBox())!;
    expect(y, "below the heading of its day, not above the screen").toBeGreaterThan(0);
    expect(y).toBeLessThan(60);
  });

  test("the stream is taken up where it was after the server has been killed and started again", async () => {
    const account = `restart-${version}`;
    await record(account, 1);
    const { page } = await open(account);
    await page.locator(".tidings-live[data-state=live]").waitFor();
    await server.kill();
    await page.getByText(/Reconnecting in \d+ s/).waitFor();
    await server.restart();
    await record(account, 2, 3, 4);
    await page.locator(".tidings-live", { hasText: "Caught up, 3 new" }).waitFor();
    await eventually(() => lines(page)).toHaveLength(4);
    await record(account, 5);
    await eventually(() => lines(page)).toHaveLength(5);
    expect(
      new Set(await page.locator("article").evaluateAll((all) => all.map((each) => each.dataset["id"]))).size,
    ).toBe(5);
  });

  test("the keyboard alone goes through the lines, out at both ends, and holds back what arrives", async () => {
    const account = `keys-${version}`;
    await record(account, ...Array.from({ length: 30 }, (_, index) => index));
    const { page } = await open(account, "pageSize=12");
    await page.locator("article").first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("PageDown");
    expect(await focused(page)).toBe("2");
    await page.keyboard.press("Tab"); // the link inside
    await page.keyboard.press("PageDown");
    expect(await focused(page)).toBe("3");
    await page.keyboard.press("PageUp");
    expect(await focused(page)).toBe("2");

    await record(account, 7);
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect(await focused(page)).toBe("2");
    await page.keyboard.press("Control+Home");
    expect(await focused(page)).toBe("1 new");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("1");
    expect((await lines(page))[0]).toContain(sampleCard(7).label);

    for (let place = 2; place <= 31; place++) {
      await page.keyboard.press("PageDown");
      await eventually(() => focused(page)).toBe(String(place));
      await page.locator(`article[aria-posinset="${Math.min(place + 1, 31)}"]`).waitFor();
    }
    await page.getByText("This is where it all began.").waitFor();
    await page.keyboard.press("Control+End");
    expect(await focused(page)).toBe("After the feed");
  });

  test("screen readers get a named feed of named articles with their places", async () => {
    const account = `tree-${version}`;
    await server
      .tidings()
      .run({ account }, () =>
        server
          .tidings()
          .record(
            aMove(1, ben),
            commentAdded({ subject: sampleCard(1), data: { text: "Done?" }, actor: cleo }),
          ),
      );
    const { page } = await open(account);
    await page.locator("article").nth(1).waitFor();
    const feed = page.getByRole("feed", { name: "Activity" });
    expect(await feed.getAttribute("aria-busy")).toBe("false");
    const names = [
      "Cleo Marín commented on Fix the flaky login test: Done?",
      "Ben Okafor moved Fix the flaky login test from To do to Doing",
    ];
    for (const [index, name] of names.entries()) {
      const article = feed.getByRole("article", { name, exact: true });
      expect(await article.getAttribute("aria-posinset")).toBe(String(index + 1));
      expect(await article.getAttribute("aria-setsize")).toBe("2");
    }
    expect(await feed.ariaSnapshot()).toMatchInlineSnapshot(`
      "- feed "Activity":
        - 'article "Cleo Marín commented on Fix the flaky login test: Done?"':
          - paragraph:
            - text: Cleo Marín commented on
            - link "Fix the flaky login test":
              - /url: /cards/1
            - text: ": Done?"
          - time: just now
        - article "Ben Okafor moved Fix the flaky login test from To do to Doing":
          - paragraph:
            - text: Ben Okafor moved
            - link "Fix the flaky login test":
              - /url: /cards/1
            - text: from To do to Doing
          - time: just now"
    `);
  });
});
