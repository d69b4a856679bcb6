// Writes docs/screenshots/dashboard-*.png of Webhooks, Catalog, Subscriptions and Health: `npx tsx dashboard/operatedScreenshots.ts`
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { insertDayOfTries, insertMonth } from "./testing/operatedHistory.ts";
import {
  cardAdded,
  cardMoved,
  card,
  column,
  commentAdded,
  invoice,
  invoicePaid,
} from "./testing/operatedEvents.ts";
import { startOperatedServer } from "./testing/operatedServer.ts";

const directory = process.argv[2] ?? join(import.meta.dirname, "../docs/screenshots");
mkdirSync(directory, { recursive: true });
const executable = findChromium();
if (executable === undefined)
  throw new Error("No Chromium found. Say where one is: CHROMIUM=/path/to/chromium");

const now = Date.now();
const server = await startOperatedServer({ before: (tidings) => insertMonth(tidings, now) });
const { tidings, receiver } = server;
const { endpoint } = await tidings.webhooks.endpoints.create({
  url: receiver.url,
  types: ["card.*", "comment.*"],
  description: "Sync to the warehouse",
  schedule: [0, 1, 3_600],
});
await tidings.webhooks.endpoints.create({
  url: `${receiver.url}billing`,
  types: ["invoice.*"],
  description: "Billing",
});
const parked = server.parked(3);
const failed = new Promise((resolve) => tidings.signals.on("webhook.failed", resolve));
const todo = column("todo", "To do");
const doing = column("doing", "Doing");
await tidings.record(
  cardAdded({ subject: card(14, "Write the press note"), refs: { column: todo } }),
  cardMoved({
    subject: card(14, "Write the press note"),
    refs: { from: todo, to: doing },
    data: { position: 0 },
  }),
);
server.answer({
  status: 503,
  headers: { "content-type": "application/json" },
  body: '{"error":"deploying"}',
});
const comment = (id: number, title: string) =>
  commentAdded({
    subject: card(id, title),
    refs: { mentioned: [] },
    data: { excerpt: "It only fails at midnight." },
  });
await tidings.record(
  comment(14, "Write the press note"),
  comment(15, "Fix the flaky login test"),
  comment(16, "Record the demo"),
  invoicePaid({
    subject: invoice(7, "Invoice 7"),
    data: { cents: 12_500, currency: "EUR", lines: [{ name: "Plan", cents: 12_500 }] },
  }),
);
await parked;
await failed;
const [delivery] = (await tidings.webhooks.deliveries.list({ states: ["retrying"] })).items;
for (const [index, { id }] of (
  await tidings.pglite.query<{ id: string }>("select id::text from tidings.endpoints order by created_at")
).rows.entries())
  await insertDayOfTries(tidings.db, id, now, {
    each: index === 0 ? 9 : 2,
    troubleHoursAgo: index === 0 ? 5 : null,
  });

const pages: readonly { name: string; path: string; ready: (page: Page) => Promise<unknown> }[] = [
  {
    name: "webhooks",
    path: "webhooks",
    ready: (page) => page.locator(".time-chart canvas").nth(1).waitFor(),
  },
  {
    name: "endpoint",
    path: `webhooks/${endpoint.id}`,
    ready: (page) => page.locator(".delivery-row .status").first().waitFor(),
  },
  {
    name: "delivery",
    path: `webhooks/${endpoint.id}?delivery=${delivery!.id}`,
    ready: (page) => page.getByRole("button", { name: /^Try 1/ }).waitFor(),
  },
  { name: "catalog", path: "catalog", ready: (page) => page.locator(".time-chart canvas").waitFor() },
  {
    name: "type",
    path: "catalog/invoice.paid",
    ready: (page) => page.locator(".time-chart canvas").waitFor(),
  },
  {
    name: "subscriptions",
    path: "subscriptions",
    ready: (page) => page.getByRole("link", { name: "mail" }).waitFor(),
  },
  {
    name: "parked",
    path: "subscriptions/mail",
    ready: (page) => page.locator(".parked-row").nth(2).waitFor(),
  },
  { name: "health", path: "health", ready: (page) => page.locator(".time-chart canvas").waitFor() },
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
      await page.goto(server.url(path));
      await ready(page);
      await page.screenshot({ path: join(directory, `dashboard-${name}-${colorScheme}-${deviceName}.png`) });
    }
    await context.close();
  }
}
await browser.close();
await server.stop();
