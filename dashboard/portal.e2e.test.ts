import { Webhook } from "standardwebhooks";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { WebhookCapture } from "../src/testing/captureWebhooks.ts";
import { findChromium } from "../test/support/chromium.ts";
import { eventually } from "./testing/openPage.ts";
import { portalInBrowser } from "./testing/portalInBrowser.ts";

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    "Skipped the browser tests of the portal: no Chromium found. Set CHROMIUM to the path of one.",
  );
}

describe.skipIf(executable === undefined)("the portal in a browser", { timeout: 120_000 }, () => {
  const { tidings, receiver, portalUrl, open, record, addEndpoint } = portalInBrowser();

  test("a customer adds an endpoint, sees its secret once, and the next event arrives signed with it", async () => {
    const { page, complaints } = await open(portalUrl("adds"));
    expect(page.url()).not.toContain("token");
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await page.getByLabel("Address").fill(receiver().url);
    await page.getByLabel("Only some").check();
    await page.getByRole("checkbox", { name: "card.moved" }).check();
    await page.getByRole("button", { name: "Add endpoint" }).click();

    const dialog = page.getByRole("dialog", { name: "Store the signing secret now" });
    const secret = (await dialog.locator(".secret code").first().textContent())!;
    expect(secret).toMatch(/^whsec_/);
    await dialog.getByRole("button", { name: "I have stored it" }).click();

    await record("adds", 1);
    const request = await receiver().next();
    expect(new Webhook(secret).verify(request.body, request.headers)).toMatchObject({ type: "card.moved" });
    await rowsOf(page, "Delivered").waitFor();
    await page.reload();
    await rowsOf(page, "Delivered").waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(complaints).toEqual([]);
  });

  test("a secret of one's own signs by the public key, where that is the signature that was chosen", async () => {
    const own = tidings().webhooks.endpoints;
    const { secret } = await own.create(
      { url: receiver().url, types: ["*"], scheme: "standard-ed25519" },
      { account: "elsewhere" },
    );
    const { page } = await open(portalUrl("ed25519"));
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await page.getByLabel("Address").fill(receiver().url);
    await page.getByText("Filter, format, signature and more").click();
    await page.getByLabel("Signature").selectOption("Standard Webhooks, public key");
    const field = page.getByLabel("A secret of your own");
    await field.fill("whsk_short");
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await eventually(() => field.getAttribute("aria-invalid")).toBe("true");
    await field.fill(secret);
    await page.getByRole("button", { name: "Add endpoint" }).click();
    const dialog = page.getByRole("dialog", { name: "Store the signing secret now" });
    expect(await dialog.locator(".secret code").first().textContent()).toBe(secret);
    await dialog.locator(".secret code", { hasText: /^whpk_/ }).waitFor();
  });

  test("a rotated secret is shown once, and for a while both of them sign", async () => {
    const old = await addEndpoint("rotates");
    const { page } = await open(portalUrl("rotates"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("button", { name: "Rotate the secret…" }).click();
    await page.getByRole("button", { name: "Make a new secret" }).click();
    const secret = (await page.locator(".secret code").first().textContent())!;
    expect(secret).not.toBe(old.secret);
    await page.getByRole("button", { name: "I have stored it" }).click();
    await record("rotates", 1);
    const { body, headers } = await nextOf(receiver(), "rotates");
    for (const each of [secret, old.secret])
      expect(() => new Webhook(each).verify(body, headers)).not.toThrow();
  });

  test("disabling is taken back with one click; deleting wants the host typed", async () => {
    const { endpoint } = await addEndpoint("deletes");
    const { page } = await open(portalUrl("deletes"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    const more = page.getByRole("button", { name: "More actions" });
    await more.click();
    await page.getByRole("button", { name: "Disable" }).click();
    await page.locator(".endpoint-line", { hasText: "Disabled" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator(".endpoint-line", { hasText: "Enabled" }).waitFor();

    await more.click();
    await page.getByRole("button", { name: "Delete…" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete this endpoint" });
    const confirm = dialog.getByRole("button", { name: "Delete for ever" });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill(new URL(endpoint.url).host);
    await confirm.click();
    await page.getByRole("heading", { name: "No endpoints yet" }).waitFor();
  });

  test("what is refused is told beside its field, also in the closed part of the form, and nothing typed is lost", async () => {
    const { page } = await open(portalUrl("refused"));
    await page.getByRole("button", { name: "Add endpoint" }).click();
    const address = page.getByLabel("Address");
    await address.fill("http://10.0.0.8/hook");
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await eventually(() => address.getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator("input:focus").getAttribute("type")).toBe("url");

    await address.fill(receiver().url);
    await page.getByText("Filter, format, signature and more").click();
    await page.getByLabel("Only events that fit").fill("data.amount >");
    await page.getByText("Filter, format, signature and more").click();
    await page.getByRole("button", { name: "Add endpoint" }).click();
    const filter = page.getByLabel("Only events that fit");
    await eventually(() => filter.getAttribute("aria-invalid")).toBe("true");
    expect(await filter.isVisible()).toBe(true);
    expect(await address.inputValue()).toBe(receiver().url);
  });

  test("headers are written and never read back; what the form does not touch stays", async () => {
    const { endpoint } = await addEndpoint("headers", {
      headers: { "x-token": "s3cret-value" },
      schedule: [0, 7],
      rateLimit: { perSecond: 3, burst: 9 },
    });
    const { page } = await open(portalUrl("headers"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("What it is for").fill("Moved");
    await page.getByText("Filter, format, signature and more").click();
    await page.getByText("x-token: ••••••").waitFor();
    expect(await page.content()).not.toContain("s3cret-value");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved. The next try goes by it.").waitFor();
    const stored = await tidings().webhooks.endpoints.get(endpoint.id, { account: "headers" });
    expect(stored).toMatchObject({
      description: "Moved",
      headerNames: ["x-token"],
      schedule: [0, 7],
      rateLimit: { perSecond: 3, burst: 9 },
    });
  });

  test("a token that may only read shows nothing that changes anything", async () => {
    await addEndpoint("reads");
    const { page } = await open(portalUrl("reads", "read"));
    await page.getByRole("link", { name: /127\.0\.0\.1/ }).click();
    await page.getByRole("heading", { name: "Deliveries" }).waitFor();
    expect(await page.getByRole("button", { name: /Edit|Send|Add|More/ }).count()).toBe(0);
  });

  test("when the token has ended the page says so", async () => {
    const { page } = await open(portalUrl("ends").replace("token=tdp_", "token=tdp_x"));
    await page.getByRole("heading", { name: "Your access has ended" }).waitFor();
  });

  test("an app that shows it in a frame hears that the token has ended, and hands over a new one", async () => {
    await addEndpoint("framed");
    const good = portalUrl("framed");
    const token = new URLSearchParams(new URL(good).hash.slice(1)).get("token")!;
    const { page } = await open(good);
    const parent = new URL("/app.html", good).href;
    await page.route(parent, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<iframe src="/tidings/portal/#token=tdp_old"></iframe><script>
          addEventListener("message", ({ data, source }) => {
            if (data.type === "tidings:token-ended")
              source.postMessage({ type: "tidings:token", token: ${JSON.stringify(token)} }, location.origin);
          });
        </script>`,
      }),
    );
    await page.goto(parent);
    await page
      .frameLocator("iframe")
      .getByRole("link", { name: /127\.0\.0\.1/ })
      .waitFor();
    await page.frameLocator("iframe").getByRole("button", { name: "Add endpoint" }).waitFor();
  });

  test("another account's endpoint is as if it were not there", async () => {
    const { endpoint } = await addEndpoint("theirs");
    const url = new URL(portalUrl("ours"));
    url.searchParams.set("endpoint", endpoint.id);
    const { page } = await open(url.href);
    await page.getByText("The endpoint could not be loaded").waitFor();
    await page.getByText("ENDPOINT_NOT_FOUND").waitFor();
  });
});

/** The next request with an event of this account: the receiver is everybody's. */
async function nextOf(receiver: WebhookCapture, account: string) {
  for (;;) {
    const request = await receiver.next();
    if ((request.json as { account?: string }).account === account) return request;
  }
}

/** What was sent, without the lines that hold its place while it loads. */
function rowsOf(page: Page, text = ""): Locator {
  return page.locator(".delivery-row:has(a)", { hasText: text });
}
