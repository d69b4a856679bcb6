import type { Page } from "playwright-core";

/** Lets what a page asks of these addresses fail, until the function that it returns is called. */
export async function breakRoute(page: Page, addresses: string): Promise<() => void> {
  let broken = true;
  await page.route(addresses, (route) =>
    broken
      ? route.fulfill({
          status: 500,
          contentType: "application/problem+json",
          body: JSON.stringify({ code: "INTERNAL", title: "Something failed." }),
        })
      : route.continue(),
  );
  return () => {
    broken = false;
  };
}
