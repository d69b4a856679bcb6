// Writes docs/screenshots/portal-*.png: `npx tsx dashboard/screenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { buildDashboard } from "./build.ts";
import { sampleAccount } from "./testing/sampleAccount.ts";
import { startSampleServer } from "./testing/sampleServer.ts";

const account = sampleAccount(Date.now());
const failing = account.endpoints[2]!.id;
const retrying = account.deliveries.find(({ state }) => state === "retrying")!.id;

const pages: readonly { name: string; query: string; ready: (page: Page) => Promise<unknown> }[] = [
  {
    name: "endpoints",
    query: "",
    ready: (page) => page.locator(".endpoint-success", { hasText: "%" }).nth(2).waitFor(),
  },
  {
    name: "delivery",
    query: `?endpoint=${failing}&delivery=${retrying}`,
    ready: (page) => page.getByRole("button", { name: /^Try 4/ }).waitFor(),
  },
  {
    name: "endpoint",
    query: `?endpoint=${failing}`,
    ready: (page) => page.locator(".delivery-row .status").first().waitFor(),
  },
  { name: "form", query: "?form=new", ready: fillForm },
];

const directory = process.argv[2] ?? join(import.meta.dirname, "../docs/screenshots");
mkdirSync(directory, { recursive: true });
const executable = findChromium();
if (executable === undefined)
  throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");

await buildDashboard();
const server = await startSampleServer(account);
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
    for (const { name, query, ready } of pages) {
      const url = new URL(server.url);
      url.search = query;
      await page.goto(url.href);
      await ready(page);
      await page.screenshot({ path: join(directory, `portal-${name}-${colorScheme}-${deviceName}.png`) });
    }
    await context.close();
  }
}
await browser.close();
await server.stop();

async function fillForm(page: Page): Promise<void> {
  await page.getByLabel("Address").fill("https://api.northwind.example/hooks/board");
  await page.getByLabel("Only some").check();
  await page.getByLabel("card.moved").check();
  await page.getByLabel("card.closed").check();
}
