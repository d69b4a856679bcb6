import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { accessibilityViolations } from "../test/support/axe.ts";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { buildDashboard } from "./build.ts";
import { breakRoute } from "./testing/breakRoute.ts";
import { sampleAccount } from "./testing/sampleAccount.ts";
import { startSampleServer, type SampleServer } from "./testing/sampleServer.ts";

const executable = findChromium();

/** What takes days to come about on the real API, or never should: many rows, no answer, an error. */
describe.skipIf(executable === undefined)("the states of the portal", { timeout: 120_000 }, () => {
  const account = sampleAccount(Date.now(), 10_000);
  const [warehouse, , billing] = account.endpoints;
  let browser: Browser;
  let server: SampleServer;
  beforeAll(async () => {
    await buildDashboard();
    [browser, server] = await Promise.all([launchChromium(executable!), startSampleServer(account)]);
  }, 120_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = async (query: string, options: object = desk): Promise<Page> => {
    const context = await browser.newContext({ ...options, locale: "en-GB", reducedMotion: "reduce" });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const url = new URL(server.url);
    url.search = query;
    await page.goto(url.href);
    return page;
  };

  test("ten thousand deliveries are shown page by page", async () => {
    const page = await open(`?endpoint=${warehouse!.id}`);
    await expect.poll(() => page.locator(".delivery-row:has(a)").count(), { timeout: 30_000 }).toBe(50);
    await page.getByRole("button", { name: "Show older" }).click();
    await expect.poll(() => page.locator(".delivery-row:has(a)").count(), { timeout: 30_000 }).toBe(100);
  });

  test("an error says what happened and its code, and the retry keeps the filters", async () => {
    const page = await open("");
    await page.locator(".endpoint-success", { hasText: "%" }).first().waitFor();
    const mend = await breakRoute(page, "**/webhooks/deliveries?*");
    const url = new URL(server.url);
    url.search = `?endpoint=${warehouse!.id}&state=delivered`;
    await page.goto(url.href);
    await page.getByText("The deliveries could not be loaded").waitFor();
    await page.getByText("INTERNAL").waitFor();
    mend();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".delivery-row").first().waitFor();
    expect(new URL(page.url()).searchParams.get("state")).toBe("delivered");
  });

  test("while it loads the page holds still, and says what is coming to those who hear it", async () => {
    const page = await open("");
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route("**/webhooks/endpoints", async (route) => {
      await released;
      await route.continue();
    });
    await page.reload();
    await page.getByLabel("Loading the endpoints").waitFor();
    release();
    await page.getByRole("link", { name: /northwind/ }).waitFor();
  });

  test("the day can be read by arrow keys and as a table", async () => {
    const page = await open(`?endpoint=${billing!.id}`);
    const chart = page.getByRole("slider", { name: "Tries by half-hour" });
    await chart.focus();
    await page.keyboard.press("ArrowLeft");
    expect(await chart.getAttribute("aria-valuetext")).toMatch(
      /^\d\d:\d\d – \d\d:\d\d: 0 delivered, \d+ failed/,
    );
    await page.getByRole("button", { name: "As a table" }).click();
    expect(await page.getByRole("row").count()).toBeGreaterThan(10);
  });

  for (const [name, device] of Object.entries({ desk, phone })) {
    test(`axe finds nothing wrong, light or dark, ${name}`, async () => {
      const retrying = account.deliveries.find(({ state }) => state === "retrying")!;
      const page = await open("", device);
      await page.locator(".endpoint-success", { hasText: "%" }).first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);

      await page.getByRole("link", { name: /billing/ }).click();
      await page.getByText("Settings").click();
      await page.locator(".delivery-row .status").first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);

      for (const [item, title] of [
        ["Recover what failed…", "Recover what failed"],
        ["Rotate the secret…", "Rotate the secret"],
        ["Delete…", "Delete this endpoint"],
      ] as const) {
        await page.getByRole("button", { name: "More actions" }).click();
        await page.getByRole("button", { name: item }).click();
        await page.getByRole("dialog", { name: title }).waitFor();
        expect(await accessibilityViolations(page)).toEqual([]);
        await page.keyboard.press("Escape");
      }
      await page.getByRole("button", { name: "Send a test" }).click();
      await page.getByLabel("Event").last().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.keyboard.press("Escape");

      await page.locator(`a[href*="${retrying.id}"]`).click();
      await page.getByRole("button", { name: /^Try 4/ }).waitFor();
      await page.getByText("5 headers").click();
      expect(await accessibilityViolations(page)).toEqual([]);

      const url = new URL(server.url);
      url.search = "?form=new";
      await page.goto(url.href);
      await page.getByLabel("Only some").check();
      await page.getByText("Filter, format, signature and more").click();
      await page.getByRole("button", { name: "Add a header" }).click();
      expect(await accessibilityViolations(page)).toEqual([]);
    });
  }
});
