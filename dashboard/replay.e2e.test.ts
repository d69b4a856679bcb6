import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { desk, findChromium, launchChromium, phone } from "../test/support/chromium.ts";
import { eventually, openPage } from "./testing/openPage.ts";
import { account, roleHeader, startReplayedServer, type ReplayedServer } from "./testing/replayedServer.ts";

const executable = findChromium();

/** Replays, projections and the past of one thing, over the real API with the loops running. */
describe.skipIf(executable === undefined)("the past, from the dashboard", { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: ReplayedServer;
  let printer: string;
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(executable!),
      startReplayedServer({ cacheDirectory: inject("sharedDirectory") }),
    ]);
    printer = await server.work("Printer jams", { to: "Ben", labels: ["hardware"], reason: "New drum" });
    await server.work("Cannot sign in", { to: "Chloe" });
    await server.work("Invoice is wrong");
  }, 120_000);
  afterEach(async () => {
    server.release();
    server.mendHandler();
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = (path: string, options: object = desk) => openPage(browser, server.url(path), options);
  const verdict = (page: Page) => page.locator(".replay-verdict");
  /** A comparison opens a database: on a busy machine that takes its time. */
  const concluded = (page: Page, words: string) =>
    verdict(page).getByText(words).waitFor({ timeout: 90_000 });
  const start = async (page: Page, button: string) => {
    await page.getByRole("button", { name: button }).click();
    await eventually(() => new URL(page.url()).pathname).toMatch(/\/replay\/[0-9a-f-]{36}$/);
  };

  test("a dry run says what would be replayed, by type and version, and leads to each type", async () => {
    const { page, complaints } = await open("replay");
    await page.getByText("None yet.").waitFor();
    await start(page, "Start the dry run");
    await verdict(page).getByText("All can be replayed").waitFor();
    await page.getByRole("row", { name: /^ticket\.open 2 3 Replayed as it is$/ }).waitFor();
    await page.getByRole("link", { name: "ticket.assign" }).click();
    await page.getByRole("heading", { name: "ticket.assign", level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Replay", exact: true }).first().click();
    await page.locator(".replay-run", { hasText: "All can be replayed" }).getByRole("link").click();
    await verdict(page).waitFor();
    expect(complaints).toEqual([]);
  });

  test("until when and what stand in the address, go by keyboard, and what is half typed cannot be started", async () => {
    const { page } = await open("replay");
    const slider = page.getByRole("slider", { name: "Until when" });
    expect(await slider.getAttribute("aria-valuetext")).toBe("Now");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    const query = () => new URL(page.url()).searchParams;
    await eventually(() => query().get("until")).toMatch(/^time:\d{4}-/);
    expect(await slider.getAttribute("aria-valuetext")).toMatch(/\d{4} at \d\d:00$/);
    await page.keyboard.press("End");
    await eventually(() => query().get("until")).toBeNull();
    await page.getByText("Position", { exact: true }).click();
    await page.getByLabel("Up to this position, included").fill("4x");
    const button = page.getByRole("button", { name: "Start the dry run" });
    await eventually(() => button.isDisabled()).toBe(true);
    await page.getByLabel("Up to this position, included").fill("4");
    await page.locator("summary", { hasText: "All 4 actions" }).click();
    await page.getByRole("button", { name: "ticket.open", exact: true }).click();
    await page.reload();
    await start(page, "Start the dry run");
    await page.getByRole("heading", { name: "Dry run up to position 4" }).waitFor();
    await page.getByRole("row", { name: /^ticket\.open 2 1/ }).waitFor();
    expect(await page.locator(".replay-table tbody tr").count()).toBe(1);
  });

  test("a comparison runs in the server: it can be left, come back to, and cancelled", async () => {
    server.hold();
    const { page } = await open("replay?kind=compare");
    await start(page, "Compare with the present");
    await page.getByText("It runs in the server").waitFor();
    const { pathname } = new URL(page.url());
    await page.goto(server.url("live"));
    await page.goto(new URL(pathname, server.url("")).href);
    await page.getByRole("progressbar", { name: "Comparison" }).waitFor();
    const { page: second } = await open("replay");
    await second.locator(".replay-run", { hasText: "Running" }).waitFor();
    await second.getByRole("button", { name: "Start the dry run" }).click();
    await second.getByText("REPLAY_RUNNING").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    server.release();
    await verdict(page).getByText("Cancelled").waitFor();
    await page.getByRole("button", { name: "Run again" }).waitFor();
  });

  test("differences are counted by table, shown row by row, and filtered by a press on a count", async () => {
    await server.tidings.pglite.query("update tickets set assignee = 'Dana' where id = $1", [printer]);
    await server.tidings.pglite.query("delete from tickets where title = 'Invoice is wrong'");
    const { page, complaints } = await open("replay?kind=compare");
    await start(page, "Compare with the present");
    await concluded(page, "2 rows differ");
    const rows = page.locator(".different-row");
    expect(await rows.count()).toBe(2);
    const changed = page.getByRole("listitem", { name: /^Different: tickets,/ });
    await changed.getByRole("row", { name: "assignee Dana Ben" }).waitFor();
    await page.getByRole("button", { name: "1 extra in tickets" }).click();
    await eventually(() => rows.count()).toBe(1);
    await rows.getByText("only in the replay").waitFor();
    await page.reload();
    await eventually(() => rows.count()).toBe(1);
    await page.getByRole("button", { name: "1 extra in tickets" }).click();
    await eventually(() => rows.count()).toBe(2);
    await page.locator("h1").click();
    await page.keyboard.press("j");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toMatch(/^(Different|Extra): tickets/);
    expect(complaints).toEqual([]);
  });

  test("in place it says what it touches, wants the account typed, and then the tables are as the log says", async () => {
    const { page, complaints } = await open("replay");
    await page.locator(".replay-run", { hasText: "rows differ" }).getByRole("link").click();
    await page.getByRole("button", { name: "Replay in place…" }).click();
    const dialog = page.getByRole("dialog", { name: "Replay in place" });
    await dialog.getByText("2 rows").waitFor();
    const confirm = dialog.getByRole("button", { name: "Empty and replay" });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill(account);
    await confirm.click();
    await page.getByRole("heading", { name: "Replay in place up to now" }).waitFor();
    await verdict(page).getByText("Replayed", { exact: true }).waitFor();
    const { rows } = await server.tidings.pglite.query("select title, assignee from tickets order by title");
    expect(rows).toEqual([
      { title: "Cannot sign in", assignee: "Chloe" },
      { title: "Invoice is wrong", assignee: null },
      { title: "Printer jams", assignee: "Ben" },
    ]);
    await page.goto(server.url("replay?kind=compare"));
    await start(page, "Compare with the present");
    await concluded(page, "Equals the present");
    expect(complaints).toEqual([]);
  });

  test("what cannot be replayed stops with its reason and its event", async () => {
    await server.tidings.db.query(
      "update tidings.events set version = 9 where type = 'ticket.close' and account_id = $1",
      [account],
    );
    const { page } = await open("replay?kind=compare");
    await start(page, "Compare with the present");
    await concluded(page, "Stopped with an error");
    await page.getByText("REPLAY_UNKNOWN_VERSION").waitFor();
    await page.getByRole("link", { name: "Open the event" }).click();
    await page.locator(".inspector").getByText("version 9").waitFor();
    await page.goto(server.url("replay"));
    await start(page, "Start the dry run");
    await verdict(page).getByText("1 event not replayed").waitFor();
    await page.getByRole("row", { name: /^ticket\.close 9 1 Nothing replays it/ }).waitFor();
    await server.tidings.db.query("update tidings.events set version = 1 where version = 9");
  });

  test("a projection is rebuilt beside the live one; a build that stopped says why, and goes on when it is asked", async () => {
    server.breakHandler();
    const { page, complaints } = await open("projections");
    const row = page.locator(".projection-row", { hasText: "open_tickets" });
    const rebuild = async () => {
      await page.getByRole("button", { name: "Rebuild open_tickets" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Rebuild" }).click();
      await page.getByText("open_tickets is being built anew.").waitFor();
    };
    await row.getByText("Live", { exact: true }).waitFor();
    await rebuild();
    await row.getByText("Build stopped").waitFor();
    await row.getByText("The disk is full").waitFor();
    await row.getByText("the new one at 0").waitFor();
    const { rows } = await server.tidings.pglite.query("select id from open_tickets");
    expect(rows).toHaveLength(2);
    server.mendHandler();
    await page.reload();
    await rebuild();
    await row.getByText("Live", { exact: true }).waitFor();
    await row.getByText("nothing waits").waitFor();
    expect(complaints).toEqual([]);
  });

  test("the state of a thing goes back event by event, by keyboard, with what each one changed", async () => {
    const { page, complaints } = await open(`entities/ticket/${printer}`);
    const slider = page.getByRole("slider", { name: "Moment" });
    const changed = page.locator(".state-table tr[data-change=changed]");
    await page.getByRole("row", { name: "status open closed changed" }).waitFor();
    expect(await slider.getAttribute("aria-valuetext")).toMatch(
      /^Event 4 of 4: Ann closed Printer jams: New drum, /,
    );
    await slider.focus();
    await page.keyboard.press("Home");
    await page.getByRole("row", { name: "status none open changed" }).waitFor();
    expect(await page.locator(".state-table").innerText()).not.toContain("reason");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("row", { name: "assignee null ben changed" }).waitFor();
    expect(await changed.count()).toBe(1);
    await page.reload();
    await page.getByRole("row", { name: "assignee null ben changed" }).waitFor();
    await page.getByRole("link", { name: "Ann assigned Printer jams to Ben" }).first().click();
    await page.locator(".inspector").getByText("ticket.assigned").first().waitFor();
    expect(complaints).toEqual([]);
  });

  test("everything is found in the palette, and who is no operator reads why it is closed", async () => {
    const { page } = await open("live");
    await page.getByRole("button", { name: /^live/ }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("projec");
    await page.getByRole("option", { name: /Projections/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Projections", level: 1 }).waitFor();
    const reader = { ...desk, extraHTTPHeaders: { [roleHeader]: "reader" } };
    const { page: closed, complaints } = await open("replay", reader);
    await closed.getByRole("heading", { name: "Replay is for operators" }).waitFor();
    await closed.goto(server.url(`entities/ticket/${printer}`));
    await closed.getByRole("slider", { name: "Moment" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("on a phone nothing is wider than the screen", async () => {
    const { page } = await open("replay", phone);
    await page.locator(".replay-run", { hasText: "rows differ" }).getByRole("link").click();
    await page.locator(".different-row").first().waitFor();
    const compared = new URL(page.url()).pathname;
    for (const path of ["replay", "projections", `entities/ticket/${printer}`, compared]) {
      await page.goto(path === compared ? new URL(path, server.url("")).href : server.url(path));
      await page.locator(".replay-run, li.projection-row, .state-table, .different-row").first().waitFor();
      expect(await page.evaluate("document.querySelector('.page').scrollWidth"), path).toBe(
        phone.viewport.width,
      );
    }
  });
});
