// Writes docs/screenshots/dashboard-*.png of Live, Feed and Entities with the sample board: `npx tsx dashboard/boardScreenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";

process.env["BOARD_DATA"] = ":memory:";
const { startBoard } = await import("../examples/board/startBoard.ts");

const directory = process.argv[2] ?? join(import.meta.dirname, "../docs/screenshots");
mkdirSync(directory, { recursive: true });
const executable = findChromium();
if (executable === undefined)
  throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");

const board = await startBoard(0);
await work();

const pages: readonly { name: string; path: string; ready: (page: Page) => Promise<unknown> }[] = [
  {
    name: "live",
    path: "live",
    ready: (page) => page.locator(".log-position", { hasText: /\d/ }).first().waitFor(),
  },
  { name: "event", path: "live", ready: openTrace },
  { name: "feed", path: "feed", ready: (page) => page.getByRole("article").nth(5).waitFor() },
  {
    name: "days",
    path: "feed?view=days",
    ready: (page) => page.getByRole("heading", { name: "Today" }).waitFor(),
  },
  { name: "entities", path: "entities", ready: (page) => page.locator(".entity-rows li").nth(5).waitFor() },
  { name: "entity", path: "entities/card/3", ready: (page) => page.locator(".time-chart canvas").waitFor() },
  { name: "palette", path: "live", ready: openPalette },
];

const browser = await launchChromium(executable);
for (const colorScheme of ["light", "dark"] as const) {
  for (const [deviceName, device] of Object.entries({ desk, phone })) {
    const context = await browser.newContext({
      ...device,
      colorScheme,
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    for (const { name, path, ready } of pages) {
      await page.goto(`${board.url}/tidings/dashboard/${path}`);
      await page.getByRole("button", { name: /^live/ }).waitFor();
      await ready(page);
      await page.screenshot({ path: join(directory, `dashboard-${name}-${colorScheme}-${deviceName}.png`) });
    }
    await context.close();
  }
}
await browser.close();
await board.stop();

/** A busy half-minute of three people, so that the log has something to show. */
async function work(): Promise<void> {
  const deeds: readonly (readonly [person: string, path: string, body: object])[] = [
    ["ann", "3/comments", { body: "The headers read well. Shipping it." }],
    ["ben", "3/move", { columnId: "done", index: 0 }],
    ["ben", "3/close", {}],
    ["chloe", "10/comments", { body: "The pilot customer sent their quote." }],
    ["chloe", "10/move", { columnId: "review", index: 0 }],
    ["ann", "9/due", { due: "2026-11-27" }],
    ["ann", "16/assign", { memberId: "ben" }],
    ["ben", "12/comments", { body: "50,000 rows in 41 seconds." }],
    ["ben", "12/move", { columnId: "review", index: 0 }],
    ["chloe", "6/rename", { title: "Record the two-minute demo, with sound" }],
    ["chloe", "6/move", { columnId: "review", index: 0 }],
    ["ann", "10/comments", { body: "Approved. Please send it at nine." }],
    ["chloe", "10/move", { columnId: "done", index: 0 }],
    ["chloe", "10/close", {}],
    ["ann", "5/comments", { body: "The template has a line for each region now." }],
    ["ben", "7/move", { columnId: "done", index: 0 }],
    ["ben", "7/close", {}],
    ["ann", "13/due", { due: "2026-11-30" }],
    ["ben", "16/move", { columnId: "doing", index: 0 }],
    ["ann", "12/move", { columnId: "done", index: 0 }],
  ];
  for (const [index, [person, path, body]] of deeds.entries()) {
    await fetch(`${board.url}/api/cards/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-person": person },
      body: JSON.stringify(body),
    });
    // Work comes in bursts.
    await new Promise((resolve) => setTimeout(resolve, index % 5 === 4 ? 8_000 : 600));
  }
}

/** What led to a move that webhooks were told of, and who was told. */
async function openTrace(page: Page): Promise<void> {
  await page.locator(".log-row a", { hasText: "moved" }).first().click();
  await page.getByRole("tab", { name: "Trace" }).click();
  await page.getByText("Delivered").first().waitFor();
}

async function openPalette(page: Page): Promise<void> {
  await page.locator(".log-row").first().waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("re");
  await page.getByRole("option", { name: /Record the two-minute demo/ }).waitFor();
}
