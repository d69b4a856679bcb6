// Writes docs/screenshots/board-{light,dark,receiver,webhooks}-{desk,phone}.png: `npx tsx examples/board/screenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { desk, findChromium, launchChromium, phone } from "../../test/support/chromium.ts";

process.env["BOARD_DATA"] = ":memory:";
const { startBoard } = await import("./startBoard.ts");

/** Each shows one more move, so that the strip at the bottom has something to tell. */
const pictures = [
  {
    name: "light-desk",
    device: desk,
    colorScheme: "light",
    title: "Write the press note",
    key: "ArrowRight",
  },
  {
    name: "light-phone",
    device: phone,
    colorScheme: "light",
    title: "Turn off the old pricing page",
    key: "ArrowUp",
  },
  { name: "dark-desk", device: desk, colorScheme: "dark", title: "Home page, final copy", key: "ArrowRight" },
  { name: "dark-phone", device: phone, colorScheme: "dark", title: "Measure the sign-up", key: "ArrowUp" },
] as const;

const directory = join(import.meta.dirname, "../../docs/screenshots");
mkdirSync(directory, { recursive: true });
const executable = findChromium();
if (executable === undefined)
  throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");

const board = await startBoard(0);
const browser = await launchChromium(executable);
for (const { name, device, colorScheme, title, key } of pictures) {
  const context = await browser.newContext({
    ...device,
    colorScheme,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(board.url);
  if (device === desk) await page.locator("article").first().waitFor();
  await moveCard(page, title, key);
  await page.screenshot({ path: join(directory, `board-${name}.png`) });
  await context.close();
}
for (const [name, device] of Object.entries({ desk, phone })) {
  const context = await browser.newContext({ ...device, locale: "en-GB", reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(`${board.url}/?arrivals=open`);
  await moveCard(page, "Rate limits for the public API", name === "desk" ? "ArrowRight" : "ArrowLeft");
  await page.getByText("webhook delivered").waitFor();
  await page.screenshot({ path: join(directory, `board-receiver-${name}.png`) });
  await page.getByRole("button", { name: "Webhooks", exact: true }).click();
  await page.frameLocator("iframe").locator(".endpoint-success", { hasText: "%" }).waitFor();
  await page.screenshot({ path: join(directory, `board-webhooks-${name}.png`) });
  await context.close();
}
await browser.close();
await board.stop();

/** By keyboard. Waits until the strip at the bottom has told the whole story. */
async function moveCard(page: Page, title: string, key: string): Promise<void> {
  const card = page.locator("[data-card] a", { hasText: title });
  await card.focus();
  for (const press of ["Space", key, "Space"]) await page.keyboard.press(press);
  await page.locator('[data-deed="seen"]').waitFor();
  await card.blur();
}
