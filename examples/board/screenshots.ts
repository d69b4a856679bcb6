// Writes docs/screenshots/board-{light,dark}-{desk,phone}.png: `npx tsx examples/board/screenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { desk, findChromium, launchChromium, phone } from "./testing/chromium.ts";

process.env["BOARD_DATA"] = ":memory:";
const { startBoard } = await import("./startBoard.ts");

const directory = join(import.meta.dirname, "../../docs/screenshots");
mkdirSync(directory, { recursive: true });
const executable = findChromium();
if (executable === undefined) throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");

const board = await startBoard(0);
const browser = await launchChromium(executable);
for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, device] of Object.entries({ desk, phone })) {
    const context = await browser.newContext({ ...device, colorScheme, locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(board.url);
    await page.getByRole("link", { name: "Record the two-minute demo" }).first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    // An own move, so that the strip at the bottom has something to tell.
    await page.getByRole("link", { name: "Fix the flaky login test" }).first().focus();
    for (const key of [" ", colorScheme === "light" ? "ArrowDown" : "ArrowUp", " "]) await page.keyboard.press(key);
    await page.locator('[data-deed="seen"]').waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.locator("body").evaluate((body) => Promise.all(body.getAnimations({ subtree: true }).map((a) => a.finished)));
    await page.screenshot({ path: join(directory, `board-${colorScheme}-${name}.png`) });
    await context.close();
  }
}
await browser.close();
await board.stop();
