import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { accessibilityViolations } from "../test/support/axe.ts";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { breakRoute } from "./testing/breakRoute.ts";
import { eventually, openPage } from "./testing/openPage.ts";
import { card, commentAdded, invoice, invoicePaid } from "./testing/operatedEvents.ts";
import { insertDayOfTries, insertMonth } from "./testing/operatedHistory.ts";
import { startOperatedServer, type OperatedServer } from "./testing/operatedServer.ts";

const executable = findChromium();

/** A month of events, a day of tries, something parked and something stopped: every page with something to show. */
describe.skipIf(executable === undefined)("the states of the operating pages", { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: OperatedServer;
  let endpoint: string;
  beforeAll(async () => {
    const now = Date.now();
    [browser, server] = await Promise.all([
      launchChromium(executable!),
      startOperatedServer({
        before: (tidings) => insertMonth(tidings, now),
        cacheDirectory: inject("sharedDirectory"),
      }),
    ]);
    const { tidings, receiver } = server;
    endpoint = (await tidings.webhooks.endpoints.create({ url: receiver.url, types: ["card.*"] })).endpoint
      .id;
    const [{ id }] = (await tidings.pglite.query<{ id: string }>("select id::text from tidings.endpoints"))
      .rows as [{ id: string }];
    await insertDayOfTries(tidings.db, id, now, { each: 9, troubleHoursAgo: 5 });
    const parked = server.parked(1);
    await tidings.record(
      commentAdded({ subject: card(1), refs: { mentioned: [] }, data: { excerpt: "Hm." } }),
      invoicePaid({ subject: invoice(7), data: { cents: 1, currency: "EUR", lines: [] } }),
    );
    await parked;
  }, 120_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = (path: string, options: object = desk) => openPage(browser, server.url(path), options);
  const chart = (page: Page, name: string) => page.getByRole("slider", { name });

  test("a chart tells the point under the pointer and the one chosen by arrow keys, and all of them as a table", async () => {
    const { page, complaints } = await open("webhooks");
    const tries = chart(page, "Tries");
    await page.locator(".time-chart canvas").first().waitFor();
    const box = (await tries.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const told = /^\d\d:\d\d – \d\d:\d\d: delivered \d+, failed \d+$/;
    await eventually(() => tries.getAttribute("aria-valuetext")).toMatch(told);
    await page.mouse.move(0, 0);
    await tries.focus();
    await page.keyboard.press("Home");
    const first = await tries.getAttribute("aria-valuetext");
    await page.keyboard.press("ArrowRight");
    expect(await tries.getAttribute("aria-valuetext")).not.toBe(first);
    expect(await tries.getAttribute("aria-valuetext")).toMatch(told);
    await page.getByRole("button", { name: "Show as table: Tries" }).click();
    const table = page.getByRole("group", { name: "Tries" });
    await table.getByRole("columnheader", { name: "failed" }).waitFor();
    expect(await table.getByRole("row").count()).toBe(50);
    expect(complaints).toEqual([]);
  });

  test("a chart has four lines at most, is drawn anew for its width, and its choices stand in the address", async () => {
    const { page } = await open("catalog");
    const labels = page.locator(".end-labels span");
    await eventually(() => labels.allTextContents()).toContain("page.viewed");
    expect(await labels.count()).toBe(4);
    expect((await labels.allTextContents()).join()).toMatch(/\d others/);
    const canvas = page.locator(".time-chart canvas");
    const width = (await canvas.boundingBox())!.width;
    await page.setViewportSize({ width: 900, height: 900 });
    await eventually(async () => (await canvas.boundingBox())?.width ?? width).toBeLessThan(width);
    await page.getByText("By lane").click();
    await eventually(() => labels.allTextContents()).toEqual(
      expect.arrayContaining(["domain", "client", "system"]),
    );
    await page.reload();
    await eventually(() => labels.count()).toBe(3);
    expect(new URL(page.url()).searchParams.get("by")).toBe("lane");
  });

  test("an error says what happened and its code, and trying again keeps what was chosen", async () => {
    const { page } = await open("live");
    const mend = await breakRoute(page, "**/tidings/subscriptions");
    await page.goto(server.url("subscriptions"));
    await page.getByText("The subscriptions could not be loaded").waitFor();
    await page.getByText("INTERNAL").waitFor();
    mend();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "search" }).waitFor();
  });

  test("without the server what was read stays", async () => {
    const { page } = await open("subscriptions");
    await page.getByRole("link", { name: "search" }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole("button", { name: /offline/ }).waitFor();
    expect(await page.getByRole("link", { name: "search" }).count()).toBe(1);
    await page.context().setOffline(false);
    await page.getByRole("button", { name: /offline/ }).waitFor({ state: "detached" });
  });

  test("what is not there is said, with the way on", async () => {
    const { page } = await open("catalog/card.burnt");
    await page.getByText("The app defines no type card.burnt.").waitFor();
    await page.goto(server.url("subscriptions/nobody"));
    await page.getByText("No subscription is called nobody.").waitFor();
    await page.goto(server.url("catalog?q=nothing+like+it"));
    await page.getByRole("link", { name: "Show all" }).click();
    await page.getByRole("link", { name: "card.moved" }).waitFor();
  });

  for (const [name, device] of Object.entries({ desk, phone })) {
    test(`axe finds nothing wrong, light or dark, ${name}`, async () => {
      const { page, complaints } = await open("webhooks", device);
      await page.locator(".time-chart canvas").nth(1).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      const visits: readonly (readonly [path: string, ready: () => Promise<unknown>])[] = [
        [`webhooks/${endpoint}`, () => page.getByRole("heading", { name: "Deliveries" }).waitFor()],
        ["webhooks/new", () => page.getByLabel("Address").waitFor()],
        ["catalog", () => page.locator(".time-chart canvas").waitFor()],
        ["catalog/invoice.paid", () => page.getByRole("region", { name: "Read by" }).waitFor()],
        ["subscriptions", () => page.getByRole("link", { name: "mail" }).waitFor()],
        ["subscriptions/billing", () => page.getByRole("button", { name: "Resume" }).waitFor()],
        ["health", () => page.locator(".time-chart canvas").waitFor()],
        ["subscriptions/mail", () => page.locator(".parked-row").waitFor()],
      ];
      for (const [path, ready] of visits) {
        await page.goto(server.url(path));
        await ready();
        expect(await accessibilityViolations(page), path).toEqual([]);
      }
      await page.locator(".parked-error summary").click();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }
});
