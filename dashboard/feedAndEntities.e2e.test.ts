import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { Draft } from "../src/events/draft.ts";
import type { AccessRole } from "../src/http/identity.ts";
import { accessibilityViolations } from "../test/support/axe.ts";
import { aMove, ann, ben, board, card, cardAdded, commentAdded } from "../test/support/boardEvents.ts";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { headersOf, startLogServer, type LogServer } from "./testing/logServer.ts";
import { eventually, openPage } from "./testing/openPage.ts";

const executable = findChromium();
const LINES = 10_000;

/** Down in steps that leave nothing of the screen before. A busy machine needs some more frames than an idle one; an empty screen that stays is what nobody may see. */
const SCROLL_THROUGH = `(async () => {
  const scroller = document.querySelector(".log-scroll");
  const { left, top, width, height } = scroller.getBoundingClientRect();
  const isEmpty = () =>
    document.elementFromPoint(left + width / 2, top + height / 2)?.closest(".log-row, .log-end") === null;
  const seen = { most: 0, empty: 0, last: 0 };
  for (let at = 0; at < scroller.scrollHeight + 9000; at += 9000) {
    scroller.scrollTop = at;
    for (let painted = 0; painted < 2 || (isEmpty() && painted < 30); painted++)
      await new Promise(requestAnimationFrame);
    const places = [...scroller.querySelectorAll(".log-row")].map((row) => Number(row.ariaRowIndex));
    seen.most = Math.max(seen.most, places.length);
    seen.last = Math.max(seen.last, ...places);
    if (isEmpty()) seen.empty++;
  }
  return seen;
})()`;
if (executable === undefined) {
  console.warn(
    "Skipped the browser tests of Feed and Entities: no Chromium found. Set CHROMIUM to the path of one.",
  );
}

describe.skipIf(executable === undefined)("Feed and Entities in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: LogServer;
  const launch = board("launch", "Launch week");
  const plan = cardAdded({ subject: card(7, "Secret plan"), refs: { board: launch } });

  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(executable!),
      startLogServer(inject("sharedDirectory")),
    ]);
    await record("acme", ann, aMove(1), aMove(2), { ...plan, audience: ["admins"] });
    await record(
      "acme",
      ben,
      commentAdded({ subject: card(1, "Card 1"), refs: { mentioned: [ann] }, data: { text: "Nice" } }),
    );
  }, 120_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  interface Window extends BrowserContextOptions {
    readonly account?: string;
    readonly as?: AccessRole;
  }
  const open = (path: string, { account = "acme", as, ...device }: Window = desk) =>
    openPage(browser, server.url(path), { ...device, extraHTTPHeaders: headersOf(account, as) });
  async function record(account: string, actor: typeof ann, ...drafts: Draft[]): Promise<void> {
    await server.tidings.run({ account, actor }, () => server.tidings.record(...drafts));
  }

  test("the feed is shown as anybody sees it: what is for a few, and who is You", async () => {
    const { page, complaints } = await open("feed?view=lines");
    await page.getByRole("article").filter({ hasText: "Secret plan" }).waitFor();
    await page.getByRole("button", { name: "Everything" }).click();
    const panel = page.getByRole("dialog", { name: "See the feed as" });
    await panel.getByRole("textbox", { name: "Whose feed" }).fill("ann");
    await panel.getByRole("button", { name: /^Ann/ }).click();
    await page.getByRole("article").filter({ hasText: "You moved Card 2" }).waitFor();
    expect(new URL(page.url()).searchParams.get("as")).toBe("user:ann");
    expect(await page.getByRole("article").filter({ hasText: "Secret plan" }).count()).toBe(0);

    await page.goto(server.url("feed?view=lines&as=user:ann&audience=admins"));
    await page.getByRole("article").filter({ hasText: "Secret plan" }).waitFor();
    await page.getByRole("button", { name: "See everything again" }).click();
    await page.getByRole("article").filter({ hasText: "Ann moved Card 2" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("groups, lines and days are addresses; a line opens the Inspector by Enter, and back closes it", async () => {
    const { page, complaints } = await open("feed");
    await page
      .getByRole("article")
      .filter({ hasText: "Card 1 and Card 2" })
      .or(page.getByRole("article").filter({ hasText: "Card 2 and Card 1" }))
      .waitFor();
    await page.getByText("Days", { exact: true }).click();
    await page.getByRole("heading", { name: "Today" }).waitFor();
    expect(new URL(page.url()).search).toBe("?view=days");
    await page.goBack();
    await page.getByRole("feed").waitFor();

    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByRole("heading", { name: /^Ben commented on Card 1/ }).waitFor();
    await page.goBack();
    await eventually(() => inspector.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("who is no operator reads as itself and is offered nobody else", async () => {
    const { page, complaints } = await open("feed?view=lines&as=user:ben", { ...desk, as: "reader" });
    await page.getByRole("article").filter({ hasText: "You moved Card 1" }).waitFor();
    expect(await page.getByRole("article").filter({ hasText: "Secret plan" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Everything" }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("Live holds ten thousand rows, and scrolls through them without an empty screen with few in the page", async () => {
    const { page, complaints } = await open("live", { ...desk, account: "long" });
    await page.getByText("live", { exact: true }).first().waitFor();
    for (let from = 0; from < LINES; from += 1_000)
      await record("long", ben, ...Array.from({ length: 1_000 }, (_, index) => aMove(from + index)));
    const table = page.getByRole("table", { name: "Events" });
    await eventually(() => table.getAttribute("aria-rowcount")).toBe(String(LINES + 1));
    const seen = await page.evaluate<{ most: number; empty: number; last: number }>(SCROLL_THROUGH);
    expect(seen.last).toBe(LINES + 1);
    expect(seen.empty).toBe(0);
    expect(seen.most).toBeLessThanOrEqual(80);
    await page.getByText("The newest 10,000. Older events are in Feed").waitFor();
    expect(complaints).toEqual([]);
  });

  test("an entity is found as one types, its page tells since when, by whom and how often, and what comes is live", async () => {
    const { page, complaints } = await open("entities");
    await page.getByRole("searchbox").fill("card 1");
    await eventually(() => page.locator(".entity-rows li").count()).toBe(1);
    expect(new URL(page.url()).search).toBe("?q=card+1");
    await page.getByRole("link", { name: "Card 1" }).click();
    await page.getByRole("heading", { name: "Card 1", level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/tidings/dashboard/entities/card/1");
    const facts = page.locator(".entity-facts");
    expect(await facts.textContent()).toContain("Events2");
    expect(await facts.textContent()).toContain("Ben 1");
    await page.getByRole("article").filter({ hasText: "Ben commented on Card 1" }).waitFor();
    await page.getByRole("slider", { name: "By week" }).waitFor();
    await record("acme", ben, aMove(1, 2));
    await page.getByRole("article").filter({ hasText: "Ben moved Card 1" }).waitFor();
    await page.goBack();
    await eventually(() => page.getByRole("searchbox").inputValue()).toBe("card 1");
    expect(complaints).toEqual([]);
  });

  test("an entity whose id no path can hold is opened from a line about it, and from its address", async () => {
    const dots = card("..", "Dots");
    await record("acme", ben, commentAdded({ subject: dots, refs: { mentioned: [] }, data: { text: "Hm" } }));
    const { page, complaints } = await open("entities?q=dots");
    await page.getByRole("link", { name: "Dots" }).click();
    for (let visit = 0; visit < 2; visit++) {
      await page.getByText("card:..").first().waitFor();
      await page.locator(".entity-facts").getByText("Ben").waitFor();
      await page.getByRole("article").filter({ hasText: "Ben commented on Dots" }).waitFor();
      await page.goto(page.url());
    }
    expect(complaints).toEqual([]);
  });

  test("an entity that nothing is about, and a search that finds nothing, say what to do", async () => {
    const { page } = await open("entities/card/404");
    await page.getByText("No event is about card:404").waitFor();
    await page.goto(server.url("entities?q=nothing+of+this+name"));
    await page.getByText("Nothing found for “nothing of this name”").waitFor();
    await page.goto(server.url("entities?kind=column"));
    await eventually(() => page.locator(".entity-rows li").count()).toBe(2);
    const other = await open("entities/card/1", { ...desk, account: "other" });
    await other.page.getByText("No event is about card:1").waitFor();
  });

  test("a search that looked only so far back says so, and a chart that counts only the newest", async () => {
    const { page } = await open("entities");
    await page.locator(".entity-rows li").first().waitFor();
    await page.getByText("Only the newest events were searched").waitFor({ state: "detached" });
    await page.route(/\/tidings\/entities(\?|\/)/, async (route) => {
      const answer = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...answer, complete: false } });
    });
    await page.goto(server.url("entities?q=card"));
    await page.getByText("Only the newest events were searched").waitFor();
    await page.goto(server.url("entities?q=nothing+of+this+name"));
    await page.getByText("Only the newest events were searched").waitFor();
    await page.goto(server.url("entities/card/1"));
    await page.getByText(/the newest \d+ are counted/).waitFor();
  });

  const places: readonly { readonly path: string; readonly ready: string }[] = [
    { path: "live", ready: ".log-row" },
    { path: "live?type=card.moved&severity=info&actor=user:ann", ready: ".filter-chip" },
    { path: "feed", ready: "article" },
    { path: "feed?view=lines&marks=own&as=user:ann", ready: "article" },
    { path: "feed?view=days", ready: ".tidings-days h2" },
    { path: "entities", ready: ".entity-rows li" },
    { path: "entities/card/1", ready: "article" },
    { path: "nowhere", ready: "h1" },
  ];
  for (const [name, device] of Object.entries({ desk, phone })) {
    test(`axe finds nothing wrong, light or dark, ${name}`, async () => {
      const { page, complaints } = await open("live", device);
      for (const { path, ready } of places) {
        await page.goto(server.url(path));
        await page.locator(ready).first().waitFor();
        expect(await accessibilityViolations(page), path).toEqual([]);
      }
      await page.goto(server.url("live"));
      await page.locator(".log-row a").first().click();
      for (const tab of ["Event", "Trace", "Timelines", "Deliveries", "JSON"]) {
        await page.getByRole("tab", { name: tab }).click();
        expect(await accessibilityViolations(page), tab).toEqual([]);
      }
      await page.getByRole("button", { name: "Close the inspector" }).click();
      await page.getByRole("button", { name: "Filter", exact: true }).click();
      await page.getByRole("button", { name: /^Actor/ }).click();
      await page.getByRole("checkbox").first().waitFor();
      expect(await accessibilityViolations(page), "filter").toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^live/ }).click();
      expect(await accessibilityViolations(page), "pulse").toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Account/ }).click();
      expect(await accessibilityViolations(page), "account").toEqual([]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page
        .getByRole("option", { name: /Card 1/ })
        .first()
        .waitFor();
      expect(await accessibilityViolations(page), "palette").toEqual([]);
      expect(complaints).toEqual([]);
    });
  }
});
