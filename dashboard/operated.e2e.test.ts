import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { eventually, openPage } from "./testing/openPage.ts";
import { card, column, commentAdded, cardMoved, invoice, invoicePaid } from "./testing/operatedEvents.ts";
import { account, roleHeader, startOperatedServer, type OperatedServer } from "./testing/operatedServer.ts";

const executable = findChromium();
if (executable === undefined)
  console.warn(
    "Skipped the browser tests of the dashboard: no Chromium found. Set CHROMIUM to the path of one.",
  );

/** The pages by which an app is operated, over the real API with the loops running. */
describe.skipIf(executable === undefined)("operating from the dashboard", { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: OperatedServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(executable!),
      startOperatedServer({ cacheDirectory: inject("sharedDirectory") }),
    ]);
    const parked = server.parked(3);
    const comment = (id: number) =>
      commentAdded({ subject: card(id, `Card ${id}`), refs: { mentioned: [] }, data: { excerpt: "Hm." } });
    await server.tidings.record(
      comment(1),
      comment(2),
      comment(3),
      invoicePaid({ subject: invoice(7, "Invoice 7"), data: { cents: 1, currency: "EUR", lines: [] } }),
    );
    await parked;
  }, 120_000);
  afterEach(async () => {
    server.answer(200);
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = (path: string, options: object = desk) => openPage(browser, server.url(path), options);
  const parkedRows = (page: Page) => page.locator(".parked-row");
  const move = (id: number) =>
    cardMoved({
      subject: card(id, `Card ${id}`),
      refs: { from: column("todo", "To do"), to: column("done", "Done") },
      data: { position: 0 },
    });

  test("health says what is bad first, with the fix to copy, and leads to the page that mends it", async () => {
    const { page, complaints } = await open("health");
    const first = page.locator(".finding").first();
    await first.getByText("Bad", { exact: true }).waitFor();
    await first.getByText(/^Stopped after position .*The ledger refuses entries/).waitFor();
    expect(await first.locator(".command code").textContent()).toBe(
      'await tidings.subscriptions.resume("billing")',
    );
    const mail = page.locator(".finding", { hasText: "subscription mail" });
    await mail.getByText("3 events parked; otherwise up to date").waitFor();
    await page.locator(".finding", { hasText: "schema" }).getByText("Fine", { exact: true }).waitFor();
    await page.getByRole("slider", { name: "Sequencer lag" }).waitFor();
    await mail.getByRole("link", { name: "Open the subscription" }).click();
    await page.getByRole("heading", { name: "mail", level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Health" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("a parked event shows its error, is tried again by itself, and stays with its new error while the cause lasts", async () => {
    const { page, complaints } = await open("subscriptions");
    await page.getByRole("link", { name: "mail" }).click();
    await eventually(() => parkedRows(page).count()).toBe(3);
    const first = parkedRows(page).first();
    await first.locator("summary").click();
    await first.locator("pre", { hasText: "operatedServer" }).waitFor();
    await first.getByRole("button", { name: /^Try again: position \d+$/ }).click();
    await page.getByText("1 event is tried again.").waitFor();
    await first.getByText(/^2 tries · /).waitFor();
    expect(await parkedRows(page).count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  test("trying all again says how many, and once the cause is mended they are handled and gone", async () => {
    const { page, complaints } = await open("subscriptions/mail");
    await page.getByRole("button", { name: "Try all 3 again…" }).click();
    const dialog = page.getByRole("dialog", { name: "Try 3 events again" });
    server.heal();
    await dialog.getByRole("button", { name: "Try 3 again" }).click();
    await page.getByText("3 events are tried again.").waitFor();
    await page.getByText("Nothing is parked.").waitFor();
    expect(await server.tidings.subscriptions.parked("mail")).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a stopped subscription says why, and goes on when it is resumed", async () => {
    const { page } = await open("subscriptions/billing");
    await page.locator(".why-detail", { hasText: "The ledger refuses entries of a closed month" }).waitFor();
    const handled = new Promise((resolve) =>
      server.tidings.signals.on("subscription.handled", ({ name }) => name === "billing" && resolve(name)),
    );
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Resumed. billing goes on from where it stopped.").waitFor();
    await handled;
    await page.locator(".subscription-line", { hasText: "Nothing waits" }).waitFor();
  });

  test("a delivery that failed is sent again and arrives; recovery says how many it would send", async () => {
    const { endpoint } = await server.tidings.webhooks.endpoints.create({
      url: server.receiver.url,
      types: ["card.*"],
      schedule: [0],
    });
    server.answer(500);
    await server.tidings.record(move(1), move(2));
    const { page, complaints } = await open("webhooks");
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    expect(new URL(page.url()).pathname).toContain(`/dashboard/webhooks/${endpoint.id}`);
    const rows = page.locator(".delivery-row:has(a)", { hasText: "Failed" });
    await eventually(() => rows.count()).toBe(2);
    await page.getByText("Card 1").waitFor();

    server.answer(200);
    await rows.first().getByRole("link").click();
    const delivery = page.getByRole("region", { name: "Delivery" });
    await delivery.getByText("Answered 500 Internal Server Error.").waitFor();
    await delivery.getByRole("button", { name: "Resend" }).click();
    await delivery.getByRole("button", { name: /^Try 2 answered 200/ }).waitFor();
    await page.keyboard.press("Escape");
    await delivery.waitFor({ state: "detached" });

    const before = server.receiver.received.length;
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("button", { name: "Recover what failed…" }).click();
    const dialog = page.getByRole("dialog", { name: "Recover what failed" });
    await dialog.getByText("1 delivery to send again.").waitFor();
    expect(server.receiver.received.length).toBe(before);
    await dialog.getByRole("button", { name: "Send 1 again" }).click();
    await eventually(() => rows.count()).toBe(0);
    expect(server.receiver.received.length).toBe(before + 1);
    expect(complaints).toEqual([]);
  });

  test("an endpoint can be added from the dashboard, with history, and stands in the address", async () => {
    const { page } = await open("webhooks/new");
    await page.getByLabel("Address").fill(`${server.receiver.url}late`);
    await page.getByLabel("Send history as well").check();
    await page.getByRole("combobox", { name: "History" }).selectOption("All that is kept");
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await page.getByRole("button", { name: "I have stored it" }).click();
    await eventually(() => new URL(page.url()).pathname).toMatch(/\/webhooks\/ep_\w+$/);
    await eventually(() => page.locator(".delivery-row:has(a)", { hasText: "history" }).count()).toBe(6);
    await page.reload();
    await page.getByRole("heading", { name: /late$/ }).waitFor();
  });

  test("the catalog tells of a type what it looks like, and who is given it", async () => {
    const { page, complaints } = await open("catalog");
    await page.getByRole("searchbox").fill("card_moved");
    await page.getByRole("link", { name: "card.moved" }).click();
    await page.getByText("“Ann moved Card 1 from Column 1 to Column 2”").waitFor();
    await page.getByRole("row", { name: "position whole number, from 0" }).waitFor();
    const readers = page.getByRole("region", { name: "Read by" });
    await readers.getByRole("link", { name: "search" }).waitFor();
    await readers
      .getByRole("link", { name: /^127\.0\.0\.1/ })
      .first()
      .waitFor();
    await page.getByText("Version 1, brought to the present one when it is read").click();
    await page.getByRole("row", { name: "index whole number" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("all of it goes by keyboard", async () => {
    const { page } = await open("catalog");
    await page.getByRole("link", { name: "card.added" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("invoice");
    await eventually(() => page.locator(".types-all .type-row").count()).toBe(1);
    await page.keyboard.press("Tab");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "invoice.paid", level: 1 }).waitFor();
    await page.goBack();
    expect(new URL(page.url()).searchParams.get("q")).toBe("invoice");
  });

  test("who is no operator sees no subscription, and of the health only whether all is well", async () => {
    const reader = { ...desk, extraHTTPHeaders: { [roleHeader]: "reader" } };
    const { page, complaints } = await open("subscriptions", reader);
    await page.getByRole("heading", { name: /for operators$/ }).waitFor();
    await page.goto(server.url("health"));
    await page.getByText("Events are recorded and numbered").waitFor();
    await page.goto(server.url("webhooks"));
    const endpoint = page.getByRole("link", { name: /127\.0\.0\.1/ }).first();
    await endpoint.waitFor();
    expect(await page.getByRole("button", { name: "Add endpoint" }).count()).toBe(0);
    await endpoint.click();
    await page.getByText("it is shown to the roles service and operator").waitFor();
    expect(complaints).toEqual([]);
  });

  test("on a phone nothing is wider than the screen", async () => {
    const { page } = await open("webhooks", phone);
    const [endpoint] = await server.tidings.webhooks.endpoints.list({ account });
    for (const [path, heading] of [
      ["webhooks", "Webhooks"],
      [`webhooks/${endpoint!.id}`, /^127/],
      ["catalog", "Catalog"],
      ["catalog/invoice.paid", "invoice.paid"],
      ["subscriptions", "Subscriptions"],
      ["subscriptions/search", "search"],
      ["health", "Health"],
    ] as const) {
      await page.goto(server.url(path));
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      await page.locator(".skeleton").first().waitFor({ state: "detached" });
      expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBe(phone.viewport.width);
      expect(await page.evaluate("document.querySelector('.page').scrollWidth"), path).toBe(
        phone.viewport.width,
      );
    }
  });
});
