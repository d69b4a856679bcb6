import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { Draft } from "../src/events/draft.ts";
import type { AccessRole } from "../src/http/identity.ts";
import {
  aMove,
  ann,
  ben,
  board,
  card,
  cardAdded,
  noteTaken,
  syncFailed,
} from "../test/support/boardEvents.ts";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { headersOf, startLogServer, type LogServer } from "./testing/logServer.ts";
import { eventually, openPage } from "./testing/openPage.ts";

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    "Skipped the browser tests of the dashboard: no Chromium found. Set CHROMIUM to the path of one.",
  );
}

describe.skipIf(executable === undefined)("the dashboard in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: LogServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(executable!),
      startLogServer(inject("sharedDirectory")),
    ]);
  }, 120_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  interface Window extends BrowserContextOptions {
    readonly as?: AccessRole;
  }
  const open = (account: string, path = "live", { as, ...device }: Window = desk) =>
    openPage(browser, server.url(path), { ...device, extraHTTPHeaders: headersOf(account, as) });
  const record = (account: string, ...drafts: Draft[]) =>
    server.tidings.run({ account, actor: ann }, () => server.tidings.record(...drafts));

  test("what is recorded streams into every window, with its time, lane, type, sentence and position", async () => {
    await record("streams", aMove(1));
    const [one, two] = await Promise.all([open("streams"), open("streams")]);
    await Promise.all([rowOf(one.page, "Card 1").waitFor(), rowOf(two.page, "Card 1").waitFor()]);
    expect(await one.page.title()).toBe("Live · Tidings");

    await record("streams", { ...syncFailed({ subject: board(7, "Launch"), data: {} }), actor: ben });
    for (const { page } of [one, two]) {
      const row = page.getByRole("row").nth(1);
      await eventually(() => row.locator("code").textContent()).toBe("sync.failed");
      const cells = await row.getByRole("cell").allTextContents();
      expect(cells[0]).toMatch(/^\d\d:\d\d:\d\d$/);
      expect(cells[1]).toBe("system");
      expect(cells[3]).toContain("error");
      expect(Number(cells[4])).toBeGreaterThan(0);
    }
    expect([...one.complaints, ...two.complaints]).toEqual([]);
  });

  test("nothing of another account streams in", async () => {
    const { page } = await open("mine");
    await page.getByText("Nothing has been recorded yet").waitFor();
    await record("theirs", aMove("secret"));
    await record("mine", aMove("own"));
    await rowOf(page, "Card own").waitFor();
    expect(await rowOf(page, "Card secret").count()).toBe(0);
  });

  test("while paused the list stands still and counts; resuming shows all of it", async () => {
    await record("pauses", aMove(1));
    const { page } = await open("pauses");
    await rowOf(page, "Card 1").waitFor();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await record("pauses", aMove(2), aMove(3), aMove(4));
    await page.getByText("3 while paused").waitFor();
    expect(await page.locator(".log-row").count()).toBe(1);
    await page.getByRole("button", { name: "Resume" }).click();
    await eventually(() => page.locator(".log-row").count()).toBe(4);
  });

  test("filters are chips, stand in the address, and going back takes them away", async () => {
    await record("filters", aMove(1), cardAdded({ subject: card(2, "Card 2"), refs: { board: board(1) } }));
    const { page, complaints } = await open("filters");
    await rowOf(page, "Card 2").waitFor();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    const panel = page.getByRole("dialog", { name: /filter|Type/ });
    await panel.getByRole("button", { name: /^Type/ }).click();
    await panel.getByRole("textbox", { name: "Type" }).fill("moved");
    await page.keyboard.press("Enter");
    await eventually(() => page.locator(".log-row").count()).toBe(1);
    expect(new URL(page.url()).search).toBe("?type=card.moved");

    await record("filters", cardAdded({ subject: card(3, "Card 3"), refs: { board: board(1) } }), aMove(4));
    await rowOf(page, "Card 4").waitFor();
    expect(await rowOf(page, "Card 3").count()).toBe(0);
    await page.goBack();
    await eventually(() => page.locator(".log-row").count()).toBe(4);
    await page.goForward();
    await eventually(() => page.locator(".log-row").count()).toBe(2);
    await page.getByRole("button", { name: "Remove the filter Type" }).click();
    await eventually(() => page.locator(".log-row").count()).toBe(4);
    expect(complaints).toEqual([]);
  });

  test("a chip names whom it lets through, and writes the id where there is no name", async () => {
    await record("named", aMove(1));
    const { page } = await open("named", "live?actor=user:ann&about=card:none");
    await page.locator(".filter-chip", { hasText: "Actor Ann" }).waitFor();
    await page.locator(".filter-chip", { hasText: "About card:none" }).waitFor();
  });

  test("a filter that nothing fits says so, and is cleared from there", async () => {
    await record("unfit", aMove(1));
    const { page } = await open("unfit", "live?about=card:404&severity=error");
    await page.getByText("Nothing matches yet").waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await rowOf(page, "Card 1").waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  test("an event opens beside the list, at an address of its own, with its cause, its effects and who was told", async () => {
    await server.tidings.webhooks.endpoints.create(
      { url: server.receiver.url, types: ["card.*"] },
      { account: "traces" },
    );
    const [cause] = await record("traces", aMove(1));
    const [moved] = await record("traces", { ...aMove(2), causedBy: cause });
    const event = moved!;
    await record("traces", { ...noteTaken({ subject: card(2), data: { minutes: 5 } }), causedBy: event });
    await server.receiver.next();
    const { page, complaints } = await open("traces");
    await rowOf(page, "Card 2 from").click();
    expect(new URL(page.url()).searchParams.get("event")).toBe(event.id);
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByRole("heading", { name: "Ann moved Card 2 from To do to Done" }).waitFor();
    await inspector.getByRole("link", { name: "column:done" }).waitFor();
    expect(await inspector.getByRole("row", { name: "position" }).textContent()).toBe("position1");

    await inspector.getByRole("tab", { name: "Trace" }).click();
    await inspector.getByText(/^Caused by$/).waitFor();
    await inspector.getByRole("link", { name: "Ann moved Card 1" }).waitFor();
    await inspector.getByText(/^Led to$/).waitFor();
    await inspector.getByText("Delivered").waitFor();
    await inspector.getByText("has handled it").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await inspector.getByText(/^Try 1: answered 200/).waitFor();
    expect(new URL(page.url()).searchParams.get("tab")).toBe("deliveries");

    await page.reload();
    await inspector.getByText(/^Try 1: answered 200/).waitFor();
    await inspector.getByRole("tab", { name: "JSON" }).click();
    await inspector.getByText('"minutes"').or(inspector.getByText('"position"')).first().waitFor();
    await page.goBack();
    await eventually(() => inspector.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("an event that is not there says so, with the code", async () => {
    const { page } = await open("none", "live?event=01a1fcb5-0000-7000-8000-000000000000");
    await page.getByText("EVENT_NOT_FOUND").waitFor();
    await page.keyboard.press("Escape");
    await eventually(() => page.getByText("EVENT_NOT_FOUND").count()).toBe(0);
  });

  test("everything can be done by keyboard", async () => {
    await record("keys", aMove(1), aMove(2), aMove(3));
    const { page, complaints } = await open("keys");
    await rowOf(page, "Card 3").waitFor();
    await page.keyboard.press("Tab");
    expect(await focused(page)).toContain("Skip to the page");
    await page.keyboard.press("Enter");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    expect(await focused(page)).toContain("Card 2");
    await page.keyboard.press("k");
    expect(await focused(page)).toContain("Card 3");
    await page.keyboard.press("Enter");
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByRole("heading", { name: /Card 3/ }).waitFor();

    const line = inspector.getByRole("separator");
    const width = Number(await line.getAttribute("aria-valuenow"));
    await line.press("ArrowLeft");
    expect(Number(await line.getAttribute("aria-valuenow"))).toBe(width + 32);
    await page.keyboard.press("Escape");
    await eventually(() => inspector.count()).toBe(0);
    expect(await focused(page)).toContain("Card 3");

    await page.keyboard.press("/");
    expect(await focused(page)).toContain("Filter");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    const search = page.getByRole("combobox");
    await search.fill("Card 2");
    await page.getByRole("option", { name: "Card 2" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Card 2", level: 1 }).waitFor();
    expect(await focused(page)).toBe("Card 2");
    expect(await page.title()).toBe("Card 2 · Tidings");
    await page.goBack();
    await page.getByRole("heading", { name: "Live", level: 1 }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("the theme is chosen from the palette and stays", async () => {
    const { page } = await open("themes", "feed", { ...desk, colorScheme: "light" });
    await page.getByRole("button", { name: /^Search/ }).click();
    await page.getByRole("combobox").fill("theme dark");
    await page.keyboard.press("Enter");
    await eventually(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.reload();
    await page.getByRole("heading", { name: "Feed", level: 1 }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });

  test("when the server is away the pages say so, and afterwards nothing is missing", async () => {
    await record("away", aMove(1));
    const { page } = await open("away");
    await rowOf(page, "Card 1").waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await server.goAway();
    await page.getByRole("button", { name: /^offline/ }).waitFor();
    await page.getByText(/^Reconnecting/).waitFor();
    await record("away", aMove(2), aMove(3));
    await server.comeBack();
    await rowOf(page, "Card 3").waitFor();
    await eventually(() => page.locator(".log-row").count()).toBe(3);
    await page.getByRole("button", { name: /^live/ }).waitFor();
  });

  test("a dashboard that is opened while the server is away opens by itself when it is back", async () => {
    const { page } = await open("early");
    await page.getByText("Nothing has been recorded yet").waitFor();
    await page.route("**/tidings/identity", (route) => route.abort());
    await page.reload();
    await page.getByText("NO_ANSWER").waitFor();
    await page.unroute("**/tidings/identity");
    await page.getByText("Nothing has been recorded yet").waitFor();
  });

  test("a long log draws what is seen, and what is looked at stays where it is", async () => {
    const { page, complaints } = await open("long");
    await page.getByText("Nothing has been recorded yet").waitFor();
    for (let round = 0; round < 4; round++)
      await record("long", ...Array.from({ length: 300 }, (_, index) => aMove(round * 300 + index)));
    const table = page.getByRole("table", { name: "Events" });
    await eventually(() => table.getAttribute("aria-rowcount")).toBe("1201");
    expect(await page.locator(".log-row").count()).toBeLessThan(80);

    await page.evaluate("document.querySelector('.log-scroll').scrollTo(0, 18_000)");
    const row = rowOf(page, "Card 690 ");
    await row.waitFor();
    const before = (await row.boundingBox())!.y;
    await record("long", aMove("new one"));
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect((await row.boundingBox())!.y).toBe(before);
    await page.getByRole("button", { name: "1 new" }).click();
    await rowOf(page, "Card new one").waitFor();
    expect(await page.evaluate("document.querySelector('.log-scroll').scrollTop")).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("below the role operator the pages show what may be seen, and say what may not", async () => {
    await record("reads", aMove(1), { ...aMove(2), audience: ["admins"] });
    const { page, complaints } = await open("reads", "live", { ...desk, as: "reader" });
    await rowOf(page, "Card 1").waitFor();
    expect(await rowOf(page, "Card 2").count()).toBe(0);
    await page.getByRole("button", { name: /^live/ }).waitFor();
    expect(await page.getByRole("button", { name: /^live/ }).textContent()).not.toContain("#");
    await page.getByRole("link", { name: "Subscriptions" }).first().click();
    await page.getByText("for operators").waitFor();
    await page.getByText("Your role is reader").waitFor();
    expect(complaints).toEqual([]);
  });

  test("an address that leads nowhere, and a caller whom the app does not know, are told what is the matter", async () => {
    const { page } = await open("lost", "nowhere/at/all");
    await page.getByRole("heading", { name: "No such page" }).waitFor();
    await page.getByRole("link", { name: "Go to Live" }).click();
    await page.getByText("Nothing has been recorded yet").waitFor();
    const nobody = await openPage(browser, server.url("live"), desk);
    await nobody.page.getByText("UNAUTHORIZED").waitFor();
  });

  test("on a phone the pages are at the bottom, an event is a sheet, and nothing is wider than the screen", async () => {
    await record("phone", aMove(1));
    const { page, complaints } = await open("phone", "live", phone);
    await rowOf(page, "Card 1").click();
    await page
      .getByRole("dialog", { name: "Event" })
      .getByRole("heading", { name: /Card 1/ })
      .waitFor();
    await page.getByRole("button", { name: "Close the inspector" }).click();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("link", { name: "Catalog" }).last().click();
    await page.getByRole("heading", { name: "Catalog", level: 1 }).waitFor();
    for (const name of ["Feed", "Entities", "Live"]) {
      await page.getByRole("link", { name, exact: true }).last().click();
      await page.getByRole("heading", { name, level: 1 }).waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBe(phone.viewport.width);
    }
    expect(complaints).toEqual([]);
  });
});

/** The link in the sentence of a row. */
function rowOf(page: Page, text: string) {
  return page.locator(".log-row a", { hasText: text }).first();
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement.textContent");
}
