import type { Locator, Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import type { CaptureAnswer } from "../src/testing/captureWebhooks.ts";
import { fannedOutTo } from "../src/webhooks/fannedOut.ts";
import { findChromium, phone } from "../test/support/chromium.ts";
import { eventually } from "./testing/openPage.ts";
import { portalInBrowser } from "./testing/portalInBrowser.ts";

const executable = findChromium();

describe.skipIf(executable === undefined)("deliveries in the portal", { timeout: 120_000 }, () => {
  let answer: CaptureAnswer = 200;
  afterEach(() => void (answer = 200));
  const { tidings, receiver, portalUrl, open, record, addEndpoint } = portalInBrowser(() => answer);

  test("a delivery tells in words why it failed, shows each try and what was answered, and is sent again", async () => {
    answer = { status: 503, headers: { "content-type": "application/json" }, body: '{"error":"deploying"}' };
    await addEndpoint("fails", { schedule: [0, 1, 3_600] });
    const { page, complaints } = await open(portalUrl("fails"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await record("fails", 1);
    await rowsOf(page).getByRole("link").click();
    const delivery = page.getByRole("region", { name: "Delivery" });
    await delivery.getByText("Answered 503 Service Unavailable.").waitFor();
    await delivery.getByRole("button", { name: /^Try 2 answered 503/ }).waitFor();
    await delivery.getByText(/^waited \d/).waitFor();
    await delivery.getByText(/^Try 3 in /).waitFor();
    const response = delivery.getByRole("region", { name: "Response of try 2" });
    expect(await response.textContent()).toContain("deploying");
    const sent = await delivery.getByRole("region", { name: "Request of try 2" }).textContent();
    expect(sent).toContain(`POST ${receiver().url}`);
    expect(sent).toContain("card.moved");

    answer = 200;
    await delivery.getByRole("button", { name: "Try now" }).click();
    await delivery.getByRole("button", { name: /^Try 3 answered 200/ }).waitFor();
    await delivery.locator(".delivery-line", { hasText: "Delivered" }).waitFor();
    const ids = receiver()
      .received.slice(-3)
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("recovering says how many it would send before it sends any", async () => {
    const { endpoint } = await addEndpoint("recovers");
    await tidings().webhooks.endpoints.disable(endpoint.id, { account: "recovers" });
    await record("recovers", 1, 2, 3);
    const { page } = await open(portalUrl("recovers"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await eventually(() => rowsOf(page, "Held").count()).toBe(3);
    await page.getByText("What happens meanwhile is held.").waitFor();
    const before = receiver().received.length;

    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByText("Enabled. New events are sent again.").waitFor();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("button", { name: "Recover what failed…" }).click();
    const dialog = page.getByRole("dialog", { name: "Recover what failed" });
    await dialog.getByText("3 deliveries to send again.").waitFor();
    expect(receiver().received.length).toBe(before);
    await dialog.getByRole("button", { name: "Send 3 again" }).click();
    await eventually(() => rowsOf(page, "Delivered").count()).toBe(3);
    expect(receiver().received.length).toBe(before + 3);
  });

  test("a test goes out at once, marked as one, and opens by itself", async () => {
    await addEndpoint("tests");
    const { page } = await open(portalUrl("tests"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await page.getByRole("button", { name: "Send a test" }).click();
    const dialog = page.getByRole("dialog", { name: "Send a test" });
    await dialog.getByRole("button", { name: "Send", exact: true }).click();
    const delivery = page.getByRole("region", { name: "Delivery" });
    await delivery.getByText("test", { exact: true }).waitFor();
    await delivery.getByRole("button", { name: /^Try 1 answered 200/ }).waitFor();
  });

  test("filters and the open delivery stand in the address, back works, and all of it goes by keyboard", async () => {
    await addEndpoint("keys");
    await record("keys", 1, 2);
    const { page } = await open(portalUrl("keys"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await eventually(() => rowsOf(page).count()).toBe(2);
    await page.keyboard.press("/");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await eventually(() => new URL(page.url()).searchParams.getAll("state")).toEqual(["delivered"]);
    // Again if need be: the filtered rows may just be taking the place of those that had the focus.
    await eventually(async () => {
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      return new URL(page.url()).searchParams.get("delivery");
    }).toMatch(/^dlv_/);
    await page.getByRole("region", { name: "Delivery" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: "Delivery" }).waitFor({ state: "detached" });
    await page.goBack();
    await page.getByRole("region", { name: "Delivery" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    expect(new URL(page.url()).searchParams.get("delivery")).toMatch(/^dlv_/);
  });

  test("without the server what was read stays, the page counts the seconds, and comes back by itself", async () => {
    await addEndpoint("offline");
    await record("offline", 1);
    const { page } = await open(portalUrl("offline"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await rowsOf(page).waitFor();
    await page.context().setOffline(true);
    await page.getByText(/^Offline \d+ s, trying again$/).waitFor();
    expect(await rowsOf(page).count()).toBe(1);
    await page.context().setOffline(false);
    await page.getByText("Connected again").first().waitFor();
  });

  test("on a phone nothing is wider than the screen, and a delivery takes the place of the list", async () => {
    await addEndpoint("phone");
    await record("phone", 1);
    const { page } = await open(portalUrl("phone"), phone);
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await rowsOf(page).getByRole("link").click();
    await page.getByRole("button", { name: /^Try 1/ }).waitFor();
    expect(await page.locator(".delivery-rows").isVisible()).toBe(false);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.viewport.width);
    await page.getByRole("button", { name: "Deliveries" }).click();
    await page.locator(".delivery-rows").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.viewport.width);
  });

  test("history is sent to an endpoint that came late, each event once", async () => {
    await record("late", 1, 2);
    await fannedOut("late", 2);
    await addEndpoint("late");
    const { page } = await open(portalUrl("late"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    for (const jobs of [1, 2]) {
      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("button", { name: "Send history…" }).click();
      const dialog = page.getByRole("dialog", { name: "Send history" });
      await dialog.getByLabel("History").selectOption("All that is kept");
      await dialog.getByRole("button", { name: "Send history" }).click();
      await page.getByText("History is being sent.").waitFor();
      await eventually(() => jobsDone("late")).toBe(jobs);
      await eventually(() => rowsOf(page, "history").count()).toBe(2);
    }
    expect(await rowsOf(page).count()).toBe(2);
  });

  test("one event of the past is sent by its id, whatever the endpoint asks for, and opens by itself", async () => {
    const [event] = await record("past", 7);
    await addEndpoint("past", { types: ["comment.*"] });
    const { page } = await open(portalUrl("past"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("button", { name: "Send one event…" }).click();
    const dialog = page.getByRole("dialog", { name: "Send one event" });
    await dialog.getByRole("textbox").fill(` ${event!.id} `);
    await dialog.getByRole("button", { name: "Send", exact: true }).click();
    const delivery = page.getByRole("region", { name: "Delivery" });
    await delivery.getByText("sent by hand").waitFor();
    await delivery.getByRole("button", { name: /^Try 1 answered 200/ }).waitFor();
  });

  /** Waits until the fan-out has come to so many events: to an endpoint that is made now they are the past. */
  const fannedOut = async (account: string, count: number) => {
    let position = 0;
    let seen = 0;
    for await (const event of tidings().live({ account, after: 0 })) {
      position = event.position;
      if (++seen === count) break;
    }
    await eventually(() => fannedOutTo(tidings().db)).toBeGreaterThanOrEqual(position);
  };
  const jobsDone = async (account: string): Promise<number> => {
    const [endpoint] = await tidings().webhooks.endpoints.list({ account });
    const jobs = await tidings().webhooks.jobs.list(endpoint!.id, { account });
    return jobs.filter(({ state }) => state === "done").length;
  };
});

/** What was sent, without the lines that hold its place while it loads. */
function rowsOf(page: Page, text = ""): Locator {
  return page.locator(".delivery-row:has(a)", { hasText: text });
}
