// Writes docs/screenshots/dashboard-*.png of Replay, Projections and the state of a thing: `npx tsx dashboard/replayScreenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { ReplayJobKind } from "../src/replay/replayJobRows.ts";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { insertMonth } from "./testing/operatedHistory.ts";
import { account, ann, startReplayedServer } from "./testing/replayedServer.ts";

const directory = process.argv[2] ?? join(import.meta.dirname, "../docs/screenshots");
mkdirSync(directory, { recursive: true });
const executable = findChromium();
if (executable === undefined)
  throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");

const now = Date.now();
const server = await startReplayedServer({ before: (tidings) => insertMonth(tidings, now, account) });
const { tidings } = server;
const printer = await server.work("Printer on floor 3 jams", {
  to: "Ben",
  labels: ["hardware", "urgent"],
  reason: "New drum",
});
await server.work("Cannot sign in on Monday mornings", { to: "Chloe", labels: ["login"] });
await server.work("Invoice shows the wrong address", { to: "Ben" });
await server.work("Password mails arrive twice", { labels: ["mail"] });
await finished("compare");
await tidings.pglite.query("update tickets set assignee = 'Dana', note = 'Asked by phone' where id = $1", [
  printer,
]);
await tidings.pglite.query("delete from tickets where title like 'Invoice%'");
await tidings.pglite.query(
  "insert into tickets (account, id, title, status, opened_at) values ($1, 'imported-17', 'Old printer', 'open', now())",
  [account],
);
await finished("dry_run");
const compared = await finished("compare");

const pages: readonly {
  name: string;
  path: string;
  light: "light" | "dark";
  device: object;
  ready: (page: Page) => Promise<unknown>;
}[] = [
  {
    name: "replay-light-desk",
    path: `replay?until=time:${new Date(now - 8 * 86_400_000).toISOString()}&kind=compare`,
    light: "light",
    device: desk,
    ready: (page) => page.locator(".day-bars").waitFor(),
  },
  {
    name: "compare-dark-desk",
    path: `replay/${compared}`,
    light: "dark",
    device: desk,
    ready: (page) => page.locator(".different-row").nth(2).waitFor(),
  },
  {
    name: "state-dark-phone",
    path: `entities/ticket/${printer}`,
    light: "dark",
    device: phone,
    ready: showState,
  },
  {
    name: "projections-light-desk",
    path: "projections",
    light: "light",
    device: desk,
    ready: showStoppedBuild,
  },
];

const browser = await launchChromium(executable);
for (const { name, path, light: colorScheme, device, ready } of pages) {
  const context = await browser.newContext({
    ...device,
    colorScheme,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(server.url(path));
  await page.getByRole("button", { name: /^live/ }).waitFor();
  await ready(page);
  await page.screenshot({ path: join(directory, `dashboard-${name}.png`) });
  await context.close();
}
await browser.close();
await server.stop();

async function finished(kind: ReplayJobKind): Promise<string> {
  const { id } = await tidings.replays.start({ kind }, { account, startedBy: ann });
  while ((await tidings.replays.get(id, { account })).state === "running")
    await new Promise((resolve) => setTimeout(resolve, 100));
  return id;
}

/** Last of all: from here on the pulse is red. */
async function showStoppedBuild(page: Page): Promise<void> {
  server.breakHandler();
  await tidings.projections.requestRebuild("open_tickets");
  await page.getByText("Build stopped").waitFor();
}

/** Two events back, in the middle of the screen. */
async function showState(page: Page): Promise<void> {
  await page.getByRole("slider", { name: "Moment" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("row", { name: "labels 0 1 changed" }).waitFor();
  await page.evaluate("document.querySelector('#state').scrollIntoView()");
}
