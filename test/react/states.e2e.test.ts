import type { Browser, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { Draft } from "../../src/events/draft.ts";
import { accessibilityViolations } from "../support/axe.ts";
import { desk, findChromium, launchChromium, phone } from "../support/chromium.ts";
import { eventually } from "./support/eventually.ts";
import { buildPage, type BuiltPage } from "./buildPage.ts";
import { startPageServer, type PageServer } from "./pageServer.ts";
import { aMove, ann, ben, cardClosed, cleo, importFailed, sampleCard } from "./sampleEvents.ts";
import { lines, openPage } from "./support/openPage.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("the states of the components", { timeout: 120_000 }, () => {
  let browser: Browser;
  let built: BuiltPage;
  let server: PageServer;
  beforeAll(async () => {
    [browser, built] = await Promise.all([launchChromium(executable!), buildPage(19)]);
    server = await startPageServer(built, inject("sharedDirectory"));
  }, 180_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    built?.remove();
  });

  const open = (account: string, query = "", options = {}) =>
    openPage(browser, server.url(account, "ann", query), options);
  const record = (account: string, ...drafts: Draft[]) =>
    server.tidings().run({ account }, () => server.tidings().record(...drafts));
  const variety = async (account: string) => {
    for (let number = 1; number <= 6; number++)
      await record(account, aMove(number, [ann, ben, cleo][number % 3]));
    await record(account, cardClosed({ subject: sampleCard(2), actor: cleo }));
    await record(account, importFailed({ subject: sampleCard(3), actor: ben }));
  };

  test("an error says its code, and trying again keeps the filter", async () => {
    await variety("errors");
    const { page } = await open("errors", "types=card.closed");
    await eventually(() => lines(page)).toHaveLength(1);
    let isBroken = true;
    await page.route("**/tidings/feed?*", (route) => (isBroken ? refuse(route) : route.continue()));
    await page.reload();
    await page.getByRole("alert").getByText("The activity could not be loaded").waitFor();
    await page.getByText("INTERNAL").waitFor();
    isBroken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await eventually(() => lines(page)).toEqual(["Cleo Marín closed Write the launch post"]);
  });

  test("an older page that fails leaves what is there, and is tried again by hand", async () => {
    await record("older", ...Array.from({ length: 40 }, (_, index) => aMove(index, ben)));
    const { page } = await open("older", "pageSize=30");
    let isBroken = true;
    await page.route("**/tidings/feed?*before=*", (route) => (isBroken ? refuse(route) : route.continue()));
    await page.reload();
    await eventually(() => lines(page)).toHaveLength(30);
    await page.mouse.wheel(0, 9_000);
    await page.getByRole("alert").getByText("INTERNAL").waitFor();
    isBroken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await eventually(() => lines(page)).toHaveLength(40);
  });

  test("without a network it says so, and catches up when there is one again", async () => {
    await record("offline", aMove(1, ben));
    const { page } = await open("offline");
    await page.locator(".tidings-live[data-state=live]").waitFor();
    await page.context().setOffline(true);
    await page.locator(".tidings-live[data-state=offline]").waitFor();
    await record("offline", aMove(2, ben), aMove(3, ben));
    await page.context().setOffline(false);
    await page.locator(".tidings-live", { hasText: "Caught up, 2 new" }).waitFor();
    await eventually(() => lines(page)).toHaveLength(3);
  });

  test("nobody signed in is not asked again and again", async () => {
    let asked = 0;
    const { page } = await open("refused");
    await page.getByText("Nothing has happened yet").waitFor();
    await page.route("**/tidings/live?*", (route) => {
      asked++;
      return refuse(route, 401, "UNAUTHORIZED");
    });
    await page.reload();
    await page.locator(".tidings-live", { hasText: "Not live (UNAUTHORIZED)" }).waitFor();
    const before = asked;
    await page.getByRole("button", { name: "Try again" }).click();
    await eventually(() => asked).toBe(before + 1);
  });

  test("who sees a badge for the first time has nothing to catch up with, and what comes then is news", async () => {
    await record("joined", aMove(1, ben));
    const { page } = await open("joined", "show=days&marks=account");
    const mark = () => server.tidings().marks.get({ account: "joined", reader: ann });
    await eventually(async () => (await mark()).updatedAt).not.toBeNull();
    await eventually(() => page.locator("#unread").innerText()).toBe("0 unseen, 0 unread");
    await record("joined", aMove(2, ben));
    await eventually(() => page.locator("#unread").innerText()).toBe("1 unseen, 1 unread");
  });

  test("a badge that could not begin begins with the next news, one try for each answer", async () => {
    const { page } = await open("rejoined", "show=days");
    await page.locator(".tidings-live[data-state=live]").waitFor();
    let counted = 0;
    let refused = 0;
    let isBroken = true;
    page.on("request", (request) => request.url().includes("/feed/unread?") && counted++);
    await page.route("**/tidings/feed/marks/*", (route) => {
      if (!isBroken) return route.continue();
      refused++;
      return refuse(route, 503, "STOPPED");
    });
    await page.goto(server.url("rejoined", "ann", "show=days&marks=account"));
    await eventually(() => refused).toBe(1);
    await page.locator(".tidings-live[data-state=live]").waitFor();
    await record("rejoined", aMove(1, ben));
    await eventually(() => refused).toBe(2);
    isBroken = false;
    await record("rejoined", aMove(2, ben));
    const mark = () => server.tidings().marks.get({ account: "rejoined", reader: ann });
    await eventually(async () => (await mark()).updatedAt).not.toBeNull();
    await record("rejoined", aMove(3, ben));
    await eventually(() => page.locator("#unread").innerText()).toBe("1 unseen, 1 unread");
    expect(refused).toBe(2);
    expect(counted).toBeGreaterThan(refused);
  });

  test("what was not seen stands above a line, and reading it takes the marks away everywhere", async () => {
    await record("marks", aMove(1, ben), aMove(2, ben), aMove(3, ann));
    await server.tidings().marks.read({ account: "marks", reader: ann, position: 0 });
    const first = await open("marks", "marks=account");
    await eventually(() => first.page.locator("#unread").innerText()).toBe("0 unseen, 2 unread");
    await first.page.context().close();
    await record("marks", aMove(4, cleo));
    const { page } = await open("marks", "marks=account");
    await page.getByText("New since your last visit").waitFor();
    const newest = page.locator("article").first();
    expect(await newest.getAttribute("aria-describedby")).toMatch(/unread/);
    expect(await page.locator("article[data-unread]").count()).toBe(3);
    await record("marks", aMove(5, ben));
    await eventually(() => page.locator("article[data-unread]").count()).toBe(4);
    await page.getByRole("button", { name: "Mark all read" }).click();
    await eventually(() => page.locator("article[data-unread]").count()).toBe(0);
    await eventually(() => page.locator("#unread").innerText()).toBe("0 unseen, 0 unread");
  });

  test("a group opens in its place, by keyboard too, and grows while it is shown", async () => {
    await record("groups", ...[1, 2, 3, 4].map((number) => aMove(number, ben)));
    const { page, complaints } = await open("groups", "grouped");
    await eventually(() => lines(page)).toHaveLength(1);
    const toggle = page.getByRole("button", { name: "Show all 4" });
    await toggle.focus();
    await page.keyboard.press("Enter");
    await eventually(() => page.locator(".tidings-member").count()).toBe(4);
    expect(await page.getByRole("button", { name: "Show less" }).getAttribute("aria-expanded")).toBe("true");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await record("groups", aMove(5, ben));
    await eventually(() => page.locator(".tidings-member").count()).toBe(5);
    expect(await lines(page)).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  test("filters show what there is, narrow the feed, and are kept under a name", async () => {
    await variety("filters");
    const { page, complaints } = await open("filters", "show=filters");
    await eventually(() => lines(page)).toHaveLength(8);
    await page.getByText("What", { exact: true }).click();
    await page.getByRole("checkbox", { name: "Card closed 1" }).check();
    await eventually(() => lines(page)).toEqual(["Cleo Marín closed Write the launch post"]);
    await page.keyboard.press("Escape");
    await page.getByText("Saved", { exact: true }).click();
    await page.getByLabel("Name of this filter").fill("What is done");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "What is done", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove the filter Card closed" }).click();
    await eventually(() => lines(page)).toHaveLength(8);
    await page.getByText("Saved", { exact: true }).click();
    await page.getByRole("button", { name: "What is done", exact: true }).click();
    await eventually(() => lines(page)).toHaveLength(1);
    // A filtered feed is live, too.
    await record("filters", cardClosed({ subject: sampleCard(5), actor: ben }), aMove(7, ben));
    await eventually(() => lines(page)).toHaveLength(2);
    expect(complaints).toEqual([]);
  });

  test("days have their columns, and take in what happens", async () => {
    await variety("days");
    const { page, complaints } = await open("days", "show=days");
    await page.getByRole("heading", { name: "Today" }).waitFor();
    await page.getByRole("list", { name: "Updated" }).getByRole("listitem").nth(5).waitFor();
    await record("days", cardClosed({ subject: sampleCard(4), actor: ann }));
    await page.getByRole("list", { name: "Done" }).getByText("You closed Record the demo").waitFor();
    expect(complaints).toEqual([]);
  });

  test("under a day of recording, what happened on another day says so", async () => {
    const happened = new Date("2020-11-12T14:03:00Z");
    await record("late", { ...aMove(1, ben), occurredAt: happened }, aMove(2, ben));
    const { page, complaints } = await open("late", "show=days", { timezoneId: "Europe/Berlin" });
    await page.getByRole("heading", { name: "Today" }).waitFor();
    const times = page.getByRole("list", { name: "Updated" }).locator("time");
    expect(await times.first().innerText()).toMatch(/^\d\d:\d\d$/);
    expect(await times.last().innerText()).toBe("12 Nov 2020, 15:03");
    expect(await times.last().getAttribute("title")).toMatch(
      /^Happened Thursday,? 12 November 2020 at 15:03:00 CET; recorded \w+day,? .* (CET|CEST)$/,
    );
    expect(complaints).toEqual([]);
  });

  test("what is counted or shown only in part says so: facets, a full column of a day, a large group", async () => {
    for (const from of [0, 600])
      await record("many", ...Array.from({ length: 600 }, (_, index) => aMove(from + index, ben)));
    const { page } = await open("many", "show=filters");
    for (const menu of ["What", "Who", "When"]) {
      await page.getByText(menu, { exact: true }).click();
      await page.locator("details[open]").getByText("Counted among the newest 500.").waitFor();
      await page.keyboard.press("Escape");
    }
    await page.goto(server.url("many", "ann", "show=days"));
    await page.locator(".tidings-column[data-phase=updated]").getByText("900+ more").waitFor();
    await page.getByText("1,000+", { exact: true }).waitFor();
    await page.goto(server.url("many", "ann", "grouped"));
    await page.getByRole("button", { name: "Show all 250" }).first().click();
    await page.locator(".tidings-members").getByText("and 50 more").waitFor();
  });

  test("right to left nothing changes but the side", async () => {
    await variety("rtl");
    const { page } = await open("rtl");
    await page.route("**/tidings/feed?*", async (route) => {
      const answer = await (await route.fetch()).json();
      await route.fulfill({ json: { ...answer, locale: "ar", dir: "rtl" } });
    });
    await page.reload();
    await page.locator("[dir=rtl] article").first().waitFor();
    const { avatar, sentence } = await page
      .locator("article")
      .first()
      .evaluate((line) => ({
        avatar: line.querySelector(".tidings-avatar")!.getBoundingClientRect().left,
        sentence: line.querySelector(".tidings-sentence")!.getBoundingClientRect().left,
      }));
    expect(avatar).toBeGreaterThan(sentence);
  });

  for (const [name, device] of Object.entries({ desk, phone })) {
    test(`axe finds nothing wrong, light or dark, ${name}`, async () => {
      const account = `axe-${name}`;
      const check = async (query: string, ready: (page: Page) => Promise<unknown>) => {
        const { page } = await open(account, query, device);
        await ready(page);
        expect(await accessibilityViolations(page), query).toEqual([]);
        await page.context().close();
      };
      await check("", (page) => page.getByText("Nothing has happened yet").waitFor());
      await server.tidings().marks.begin({ account, reader: ann });
      await record(account, aMove(1, ben));
      await check("", (page) => page.locator("article").waitFor());
      await variety(account);
      await check("marks=account", (page) => page.locator("article[data-unread]").first().waitFor());
      await check("grouped", async (page) => {
        await page
          .getByRole("button", { name: /Show all/ })
          .first()
          .click();
        await page.locator(".tidings-member").first().waitFor();
      });
      await check("show=days", (page) => page.getByRole("heading", { name: "Today" }).waitFor());
      await check("show=timeline", (page) => page.locator("article").first().waitFor());
      await check("show=filters", async (page) => {
        await page.locator("article").first().waitFor();
        await page.getByText("What", { exact: true }).click();
        await page.getByRole("checkbox").first().check();
      });
      await check("box&pageSize=3", async (page) => {
        await page.route("**/tidings/feed?*", (route) => refuse(route));
        await page.reload();
        await page.getByRole("alert").waitFor();
      });
      await check("", async (page) => {
        await page.route("**/tidings/feed?*", () => undefined);
        await page.reload();
        await page.getByRole("status", { name: "Loading the activity" }).waitFor();
      });
    });
  }
});

function refuse(route: Route, status = 500, code = "INTERNAL"): Promise<void> {
  return route.fulfill({
    status,
    contentType: "application/problem+json",
    body: JSON.stringify({ code, title: "Something failed.", status }),
  });
}
