import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { accessibilityViolations } from "../../test/support/axe.ts";
import { type BoardProcess, startBoardProcess } from "./testing/boardProcess.ts";
import { desk, findChromium, launchChromium, phone } from "../../test/support/chromium.ts";
import { openBoard } from "./testing/watchedPage.ts";

const executable = findChromium();
if (executable === undefined) {
  console.warn("Skipped the browser tests of the board: no Chromium found. Set CHROMIUM to the path of one.");
}

describe.skipIf(executable === undefined)("the board in a browser", { timeout: 120_000 }, () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "board-e2e-"));
  let browser: Browser;
  let board: BoardProcess;

  beforeAll(async () => {
    [browser, board] = await Promise.all([launchChromium(executable!), startBoardProcess(dataDirectory)]);
  }, 120_000);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await board?.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  const open = (personId: string, device: object = desk) => openBoard(browser, board.url, personId, device);

  test("a card dragged by Ann moves in Ben's window, where the feed says her name and hers says You", async () => {
    const ann = await open("ann");
    const ben = await open("ben");
    await dragByMouse(ann.page, "Turn off the old pricing page", "doing");

    await cardIn(ben.page, "doing", "Turn off the old pricing page").waitFor();
    await said(ben.page, "Ann moved Turn off the old pricing page from To do to Doing").waitFor();
    await said(ann.page, "You moved Turn off the old pricing page from To do to Doing").waitFor();
    await ann.page
      .getByText(
        /1 transaction: cards updated, card\.moved recorded, position [\d,]+ (after \d+ ms|before the answer)/,
      )
      .waitFor();
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });

  test("a card is moved with the keyboard alone, and Escape leaves it where it was", async () => {
    const { page, complaints } = await open("ann");
    const card = link(page, "Rehearse the rollback once");
    await card.focus();
    for (const key of ["Space", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    await cardIn(page, "review", "Rehearse the rollback once").waitFor();
    await page.keyboard.press("Escape");
    await cardIn(page, "todo", "Rehearse the rollback once").waitFor();

    for (const key of ["Space", "ArrowRight", "ArrowRight", "Space"]) await page.keyboard.press(key);
    await said(page, "You moved Rehearse the rollback once from To do to Review").waitFor();
    expect(await page.locator("a:focus").textContent()).toBe("Rehearse the rollback once");
    expect(complaints).toEqual([]);
  });

  test("a finger that rests on a card carries it", async () => {
    const { page, complaints } = await open("chloe", phone);
    await dragByTouch(page, "Measure the sign-up on a slow phone", { x: 0, y: -170 });
    await page.locator('[data-deed="seen"]').waitFor();
    await page.getByRole("button", { name: "Activity" }).click();
    await said(page, /^You moved Measure the sign-up on a slow phone (up in|to the top of) To do/).waitFor();
    expect(complaints).toEqual([]);
  });

  test("the card's page shows its comments and timeline and changes it", async () => {
    const ann = await open("ann");
    const ben = await open("ben");
    await link(ann.page, "Status page and incident template").click();
    const dialog = ann.page.getByRole("dialog", { name: "Status page and incident template" });
    expect(new URL(ann.page.url()).pathname).toMatch(/^\/cards\/\d+$/);

    await dialog.getByLabel("Your comment").fill("Wording for the third template is missing.");
    await dialog.getByRole("button", { name: "Comment", exact: true }).click();
    await dialog.getByLabel("Assigned to").selectOption({ label: "Chloe" });
    await dialog.getByLabel("Due").fill("2030-01-15");
    await dialog.locator('.timeline [data-type="card.due_date_set"]').waitFor();
    expect(await dialog.locator(".comment-body").last().textContent()).toBe(
      "Wording for the third template is missing.",
    );

    await said(ben.page, /^Ann commented on Status page and incident template: “Wording/).waitFor();
    await said(ben.page, "Ann assigned Status page and incident template to Chloe").waitFor();
    await ann.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await ann.page.goBack();
    await dialog.waitFor();
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });

  test("a reader further down is told of news and not moved", async () => {
    const ann = await open("ann");
    const ben = await open("ben");
    // The last of the first page. Going there loads the next one below it; only then does everything stand still.
    const read = ben.page.locator('article[aria-posinset="25"]');
    await read.scrollIntoViewIfNeeded();
    await expect.poll(() => ben.page.locator("article").count()).toBeGreaterThan(25);
    await ben.page.locator('[role="feed"][aria-busy="false"]').waitFor();
    await ben.page.evaluate("document.fonts.ready");
    const { y: before } = (await read.boundingBox())!;
    const text = await read.textContent();

    await moveByKeys(ann.page, "Write the press note", "ArrowRight");
    const news = ben.page.getByRole("button", { name: "1 new" });
    await news.waitFor();
    expect(await read.textContent()).toBe(text);
    expect((await read.boundingBox())!.y, "what Ben reads stays where it is").toBe(before);
    await news.click();
    const moved = said(ben.page, "Ann moved Write the press note from To do to Doing");
    await moved.waitFor();
    const { y: top } = (await ben.page.locator(".feed-scroller").boundingBox())!;
    await expect.poll(async () => (await moved.boundingBox())!.y - top).toBeLessThan(60);
    expect((await moved.boundingBox())!.y, "whole, not above the edge").toBeGreaterThanOrEqual(top);
  });

  test("Page Down and Page Up go from row to row of the feed", async () => {
    const { page } = await open("ann");
    const rows = page.locator("article");
    await rows.first().focus();
    await page.keyboard.press("PageDown");
    await page.keyboard.press("PageDown");
    expect(await page.locator("article:focus").getAttribute("aria-posinset")).toBe("3");
    await page.keyboard.press("PageUp");
    expect(await page.locator("article:focus").getAttribute("aria-posinset")).toBe("2");
  });

  test("on a phone the activity is a sheet behind a button that counts what is new", async () => {
    const ann = await open("ann");
    const ben = await open("ben", phone);
    const sheet = ben.page.getByRole("dialog", { name: "Activity" });
    const close = sheet.getByRole("button", { name: "Close the activity" });
    // What is on the screen for a second counts as seen, and the server is told.
    const seen = () => ben.page.waitForResponse(/\/feed\/marks\/board$/);
    await Promise.all([seen(), ben.page.getByRole("button", { name: /^Activity/ }).click()]);
    await close.click();

    await moveByKeys(ann.page, "Home page, final copy", "ArrowRight");
    const seenAgain = seen();
    await ben.page.getByRole("button", { name: "Activity, 1 new" }).click();
    await said(ben.page, "Ann moved Home page, final copy from Review to Done").waitFor();
    const { width } = (await sheet.boundingBox())!;
    expect(width).toBe(phone.viewport.width);
    expect(await ben.page.evaluate("document.documentElement.scrollWidth")).toBe(phone.viewport.width);
    await seenAgain;
    await close.click();
    await ben.page.getByRole("button", { name: "Activity", exact: true }).waitFor();
    expect(ben.complaints).toEqual([]);
  });

  test("a move reaches the receiver, signed; while that is down the portal shows why, and what was missed is sent again", async () => {
    const { page, complaints } = await open("ann");
    await page.getByRole("button", { name: /^Receiver/ }).click();
    const drawer = page.getByRole("region", { name: "Webhooks that arrived" });
    await moveByKeys(page, "Thank the beta testers", "ArrowRight");
    const arrival = drawer.locator("li", {
      hasText: "Ann moved Thank the beta testers by name from To do to Doing",
    });
    await arrival.getByText("Verified", { exact: true }).first().waitFor();
    await page.getByText(/, 1 webhook delivered$/).waitFor();

    await drawer.getByLabel("Be down: answer 503").check();
    await moveByKeys(page, "Thank the beta testers", "ArrowRight");
    await drawer.getByText("503", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Webhooks", exact: true }).click();
    const portal = page.frameLocator('iframe[title="Webhooks"]');
    await portal.getByRole("link", { name: /localhost/ }).click();
    await portal.locator(".delivery-row:has(a)", { hasText: "Retrying" }).getByRole("link").click();
    await portal.getByText("Answered 503 Service Unavailable.").waitFor();
    await page.getByRole("button", { name: "Close the webhooks" }).click();
    await drawer.getByLabel("Be down: answer 503").uncheck();

    await page.getByRole("button", { name: "Webhooks", exact: true }).click();
    await portal.getByRole("link", { name: /localhost/ }).click();
    await portal.locator(".delivery-row:has(a)", { hasText: "card.moved" }).first().getByRole("link").click();
    await portal.getByRole("button", { name: /^(Try now|Resend)$/ }).click();
    await portal
      .getByRole("button", { name: /answered 200/ })
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });

  test("the figures below the board follow its events, as a chart and as a table", async () => {
    const { page, complaints } = await open("ann");
    const sum = page.locator(".progress-sum");
    await sum.waitFor();
    const [done, cards] = (await sum.textContent())!.match(/\d+/g)!.map(Number);
    await addCard(board.url, "ben", "Counted at once");
    await page.getByText(`${done} of ${cards! + 1} done`).waitFor();

    await page.getByRole("button", { name: "Figures" }).click();
    const figures = page.getByRole("group", { name: "Figures" });
    const rows = await figures.locator("tr").allTextContents();
    expect(rows).toContainEqual(expect.stringMatching(/^To do\d+$/));
    expect(rows).toContainEqual(expect.stringMatching(/^Ben\d+$/));
    await page.goBack();
    await figures.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  test("after a restart the feed is as it was, and an open window takes up the stream with nothing missed", async () => {
    const ann = await open("ann");
    await ann.page.locator("article").first().waitFor();
    const before = await ann.page.locator("article .tidings-sentence").allTextContents();
    const port = Number(new URL(board.url).port);
    expect(await board.stop()).toBe(0);
    await ann.page
      .getByText(/Reconnecting/)
      .first()
      .waitFor();

    // Kept away until both have happened: the window would be back before them, or between them.
    await ann.page.context().setOffline(true);
    board = await startBoardProcess(dataDirectory, port);
    await addCard(board.url, "ben", "Written while Ann was away");
    await addCard(board.url, "ben", "And one more");
    const caughtUp = ann.page.getByText("Caught up, 2 new").first().waitFor();
    await ann.page.context().setOffline(false);
    await caughtUp;
    await said(ann.page, "Ben added And one more to To do").waitFor();
    await cardIn(ann.page, "todo", "And one more").waitFor();
    const after = await ann.page.locator("article .tidings-sentence").allTextContents();
    expect(after.slice(0, 2)).toEqual([
      "Ben added And one more to To do",
      "Ben added Written while Ann was away to To do",
    ]);
    expect(after.slice(2)).toEqual(before);

    const fresh = await open("ann");
    await fresh.page.locator("article").first().waitFor();
    expect((await fresh.page.locator("article .tidings-sentence").allTextContents()).slice(0, 10)).toEqual(
      after.slice(0, 10),
    );
  });

  test("a second process on the same data is refused in plain words", async () => {
    await expect(startBoardProcess(dataDirectory)).rejects.toThrow(
      /is in use by process \d+: the board already runs/,
    );
  });

  for (const [name, device] of Object.entries({ desk, phone })) {
    test(`axe finds nothing wrong, light or dark, ${name}`, async () => {
      const { page, complaints } = await open("ann", { ...device, reducedMotion: "reduce" });
      await page
        .locator(name === "desk" ? "article" : "[data-card]")
        .first()
        .waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await link(page, "Fix the flaky login test").click();
      await page.locator(".timeline article").first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^You are/ }).click();
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Receiver/ }).click();
      await page.locator(".arrival").first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.getByRole("button", { name: "Close the receiver" }).click();
      await page.getByRole("button", { name: "Figures" }).click();
      await page.getByRole("group", { name: "Figures" }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      if (name === "phone") {
        await page.getByRole("button", { name: /^Activity/ }).click();
        await page.locator("article").first().waitFor();
        expect(await accessibilityViolations(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
    });
  }
});

function link(page: Page, title: string): Locator {
  return page.locator("[data-card] a", { hasText: title });
}

function cardIn(page: Page, columnId: string, title: string): Locator {
  return page.locator(`[data-column="${columnId}"] [data-card]`, { hasText: title });
}

function said(page: Page, sentence: string | RegExp): Locator {
  const whole = typeof sentence === "string" ? new RegExp(`^${sentence}$`) : sentence;
  return page.locator("article .tidings-sentence", { hasText: whole }).first();
}

async function dragByMouse(page: Page, title: string, columnId: string): Promise<void> {
  const from = (await link(page, title).boundingBox())!;
  const to = (await page.locator(`[data-column="${columnId}"] [data-card]`).first().boundingBox())!;
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 30, { steps: 8 });
  await page.locator(".card-ghost").waitFor();
  await page.mouse.up();
}

async function dragByTouch(page: Page, title: string, by: { x: number; y: number }): Promise<void> {
  const from = (await link(page, title).boundingBox())!;
  const start = { x: from.x + 40, y: from.y + 10 };
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [start]);
  await page.locator(".card-ghost").waitFor();
  for (const part of [0.3, 0.6, 1]) {
    await touch("touchMove", [{ x: start.x + by.x * part, y: start.y + by.y * part }]);
  }
  await touch("touchEnd", []);
}

async function moveByKeys(page: Page, title: string, key: string): Promise<void> {
  const card = link(page, title);
  await card.focus();
  for (const press of ["Space", key, "Space"]) await page.keyboard.press(press);
}

async function addCard(url: string, personId: string, title: string): Promise<void> {
  const response = await fetch(`${url}/api/cards`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-person": personId },
    body: JSON.stringify({ columnId: "todo", title }),
  });
  expect(response.status).toBe(201);
}
