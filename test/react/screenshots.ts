// Writes docs/screenshots/react-*.png: `npx tsx test/react/screenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright-core";
import { desk, findChromium, launchChromium, phone } from "../support/chromium.ts";
import { buildPage } from "./buildPage.ts";
import { startPageServer, type PageServer } from "./pageServer.ts";
import { ann, ben, cardAdded, cardClosed, cardMoved, cleo, commentAdded, doing } from "./sampleEvents.ts";
import { done, importFailed, sampleCard, todo } from "./sampleEvents.ts";
import { openPage } from "./support/openPage.ts";

const HOUR = 3_600_000;
const now = Date.now();

/** A little history, oldest first; hours ago. */
const history = [
  ...[1, 2, 3, 4].map(
    (number) => (at: Date) =>
      cardAdded({ subject: sampleCard(number), refs: { to: todo }, actor: cleo, occurredAt: at }),
  ),
  (at: Date) =>
    commentAdded({ subject: sampleCard(3), data: { text: "Final by Friday?" }, actor: ben, occurredAt: at }),
  (at: Date) =>
    cardMoved({ subject: sampleCard(1), refs: { from: todo, to: doing }, actor: ann, occurredAt: at }),
  (at: Date) => importFailed({ subject: sampleCard(7), actor: ben, occurredAt: at }),
  (at: Date) => cardAdded({ subject: sampleCard(8), refs: { to: todo }, actor: ann, occurredAt: at }),
  ...[2, 4, 5].map(
    (number) => (at: Date) =>
      cardMoved({ subject: sampleCard(number), refs: { from: todo, to: doing }, actor: ben, occurredAt: at }),
  ),
  (at: Date) => cardClosed({ subject: sampleCard(2), actor: cleo, occurredAt: at }),
  (at: Date) =>
    cardMoved({ subject: sampleCard(4), refs: { from: doing, to: done }, actor: ben, occurredAt: at }),
  (at: Date) =>
    commentAdded({
      subject: sampleCard(1),
      data: { text: "Green three times in a row" },
      actor: ann,
      occurredAt: at,
    }),
  (at: Date) => cardClosed({ subject: sampleCard(1), actor: ann, occurredAt: at }),
];
const ages = [50, 49.9, 49.8, 49.7, 47, 29, 28, 26, 5, 4.9, 4.8, 3, 1.2, 0.4, 0.05];

const pictures: readonly {
  name: string;
  query: string;
  /** Which of light and dark, desk and phone. Default: all four. */
  only?: readonly string[];
  ready?: (page: Page) => Promise<unknown>;
}[] = [
  { name: "feed", query: "marks=account" },
  {
    name: "groups",
    query: "grouped",
    only: ["light-desk"],
    ready: (page) => page.getByRole("button", { name: "Show all 3" }).click(),
  },
  { name: "days", query: "show=days", only: ["light-desk", "dark-phone"] },
  {
    name: "filters",
    query: "show=filters",
    only: ["light-desk"],
    ready: async (page) => {
      await page.getByText("What", { exact: true }).click();
      await page.getByRole("checkbox", { name: /Card moved/ }).check();
      await page.waitForLoadState("networkidle").catch(() => undefined);
    },
  },
  {
    name: "waiting",
    query: "box",
    only: ["dark-desk"],
    ready: async (page) => {
      await page.locator(".box").evaluate((box) => box.scrollBy(0, 300));
      await record(server, "pictures", cardClosed({ subject: sampleCard(5), actor: ben }));
      await page.getByRole("button", { name: "1 new" }).waitFor();
    },
  },
];

const executable = findChromium();
if (executable === undefined)
  throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");
const directory = process.argv[2] ?? join(import.meta.dirname, "../../docs/screenshots");
mkdirSync(directory, { recursive: true });

const built = await buildPage(19);
const server = await startPageServer(built);
const browser = await launchChromium(executable);
for (const [index, draft] of history.entries()) {
  await record(server, "pictures", draft(new Date(now - ages[index]! * HOUR)));
  // The reader was here before the last three.
  if (index === history.length - 4) await visit(index + 1);
}
for (const { name, query, only, ready } of pictures) {
  for (const theme of ["light", "dark"] as const) {
    for (const [deviceName, device] of Object.entries({ desk, phone })) {
      const look = `${theme}-${deviceName}`;
      if (only !== undefined && !only.includes(look)) continue;
      const { page } = await openPage(browser, server.url("pictures", "ann", query), {
        ...device,
        ...(deviceName === "desk" && { viewport: { width: name === "days" ? 1_100 : 760, height: 720 } }),
        colorScheme: theme,
      });
      await page.locator("article, li.tidings-line").first().waitFor();
      await page.locator(".tidings-live[data-state=live]").waitFor();
      await ready?.(page);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(directory, `react-${name}-${look}.png`) });
      await page.context().close();
    }
  }
}
await browser.close();
await server.stop();
built.remove();

async function visit(recorded: number): Promise<void> {
  const account = "pictures";
  let page = await server.tidings().feed({ account });
  // Positions are given a moment after the commit.
  while (page.position < recorded) {
    await setTimeout(50);
    page = await server.tidings().feed({ account });
  }
  const reader = { type: "user", id: "ann", label: null };
  await server.tidings().marks.seen({ account, reader, feed: "account", position: page.position });
  await server.tidings().marks.read({ account, reader, feed: "account", position: page.position });
}

async function record(to: PageServer, account: string, draft: ReturnType<(typeof history)[number]>) {
  await to.tidings().run({ account }, () => to.tidings().record(draft));
}
