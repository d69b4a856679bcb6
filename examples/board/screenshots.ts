// Writes docs/screenshots/board-{light,dark}-{desk,phone}.png: `npx tsx examples/board/screenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { desk, findChromium, launchChromium, phone } from "./testing/chromium.ts";

process.env["BOARD_DATA"] = ":memory:";
const { startBoard } = await import("./startBoard.ts");

const directory = join(import.meta.dirname, "../../docs/screenshots");
mkdirSync(directory, { recursive: true });
const executable = findChromium();
if (executable === undefined)
  throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");

const board = await startBoard(0);
const browser = await launchChromium(executable);
for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, device] of Object.entries({ desk, phone })) {
    const context = await browser.newContext({
      ...device,
      colorScheme,
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await page.goto(board.url);
    await moveSomething(page, colorScheme === "light" ? "ArrowDown" : "ArrowUp");
    await page.screenshot({ path: join(directory, `board-${colorScheme}-${name}.png`) });
    await context.close();
  }
}
await browser.close();
await board.stop();

/** So that the strip at the bottom has something to tell. */
async function moveSomething(page: Page, key: string): Promise<void> {
  const card = page.locator("[data-card] a", { hasText: "Write the press note" });
  await page
    .locator("[data-event]")
    .first()
    .waitFor({ state: "attached" })
    .catch(() => undefined);
  await card.focus();
  for (const press of ["Space", key, "Space"]) await card.press(press);
  await page.locator('[data-deed="seen"]').waitFor();
  await card.blur();
}
