import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { accessibilityViolations } from "../test/support/axe.ts";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { breakRoute } from "./testing/breakRoute.ts";
import { openPage } from "./testing/openPage.ts";
import { account, ann, startReplayedServer, type ReplayedServer } from "./testing/replayedServer.ts";

const executable = findChromium();

/** Empty, loading, failed, differing: every state of these pages, in both lights, on both devices. */
describe.skipIf(executable === undefined)(
  "the states of replay and projections",
  { timeout: 120_000 },
  () => {
    let browser: Browser;
    let server: ReplayedServer;
    let bare: ReplayedServer;
    let printer: string;
    let compared: string;
    beforeAll(async () => {
      const cacheDirectory = inject("sharedDirectory");
      [browser, server] = await Promise.all([
        launchChromium(executable!),
        startReplayedServer({ cacheDirectory }),
      ]);
      bare = await startReplayedServer({ bare: true, cacheDirectory });
      printer = await server.work("Printer jams", { to: "Ben", labels: ["hardware"], reason: "New drum" });
      await server.work("Invoice is wrong");
      await server.tidings.pglite.query("update tickets set assignee = 'Dana', note = '' where id = $1", [
        printer,
      ]);
      await server.tidings.pglite.query("delete from tickets where title = 'Invoice is wrong'");
      const over = server.tidings.replays;
      compared = (await over.start({ kind: "compare" }, { account, startedBy: ann })).id;
      while ((await over.get(compared, { account })).state === "running")
        await new Promise((resolve) => setTimeout(resolve, 100));
    }, 120_000);
    afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await bare?.stop();
    });

    const open = (path: string, options: object = desk) => openPage(browser, server.url(path), options);

    test("with nothing configured each page says what it would show, with the code that fills it", async () => {
      const { page, complaints } = await openPage(browser, bare.url("replay"), desk);
      await page.getByRole("heading", { name: "Nothing can be replayed yet" }).waitFor();
      await page.getByText('defineAction("user.create"').waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.goto(bare.url("projections"));
      await page.getByRole("heading", { name: "No projections yet" }).waitFor();
      await page.getByRole("button", { name: "Copy the example" }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    test("a replay that is not there says so, and a failure has its code and another try", async () => {
      const { page } = await open("replay/00000000-0000-4000-8000-000000000000");
      await page.getByText("This account has no such replay.").waitFor();
      const mend = await breakRoute(page, "**/tidings/replays");
      await page.goto(server.url("replay?kind=compare"));
      await page.getByText("The replays could not be loaded").waitFor();
      await page.getByText("INTERNAL").waitFor();
      mend();
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("button", { name: "Compare with the present" }).waitFor();
    });

    test("one that its process left alone says so, and what that means in place", async () => {
      const { page } = await open("replay");
      for (const [kind, words] of [
        ["compare", "It changed nothing."],
        ["in_place", "the actions of this account are refused"],
      ] as const) {
        await page.route(`**/tidings/replays/${kind}`, (route) =>
          route.fulfill({ contentType: "application/json", body: JSON.stringify(interrupted(kind)) }),
        );
        await page.goto(server.url(`replay/${kind}`));
        await page.locator(".replay-verdict").getByText("Interrupted").waitFor();
        await page.getByText(words).waitFor();
        await page.getByRole("button", { name: kind === "in_place" ? "Go on" : "Run again" }).waitFor();
        expect(await accessibilityViolations(page)).toEqual([]);
      }
    });

    for (const [name, device] of Object.entries({ desk, phone })) {
      test(`axe finds nothing wrong, light or dark, ${name}`, async () => {
        const { page, complaints } = await open("replay", device);
        const visits: readonly (readonly [path: string, ready: (page: Page) => Promise<unknown>])[] = [
          ["replay", () => page.getByRole("slider", { name: "Until when" }).waitFor()],
          ["replay?type=ticket.open&until=event:", () => page.getByLabel("Up to this event").waitFor()],
          [`replay/${compared}`, () => page.locator(".different-row").nth(1).waitFor()],
          ["projections", () => page.locator("li.projection-row").nth(1).waitFor()],
          [`entities/ticket/${printer}`, () => page.locator(".state-table").waitFor()],
        ];
        for (const [path, ready] of visits) {
          await page.goto(server.url(path));
          await ready(page);
          expect(await accessibilityViolations(page), path).toEqual([]);
        }
        await page.goto(server.url(`replay/${compared}`));
        await page.getByRole("button", { name: "Replay in place…" }).click();
        await page.getByRole("dialog", { name: "Replay in place" }).waitFor();
        expect(await accessibilityViolations(page)).toEqual([]);
        expect(complaints).toEqual([]);
      });
    }

    function interrupted(kind: "compare" | "in_place") {
      return {
        id: kind,
        kind,
        state: "interrupted",
        wide: false,
        startedBy: ann,
        until: null,
        types: null,
        subject: null,
        strict: true,
        startedAt: "2026-11-20T10:00:00.000Z",
        endedAt: null,
        progress: { events: 12, position: 40, lastPosition: 400 },
        failure: null,
        outcome: null,
        counts: [],
        tables: null,
      };
    }
  },
);
