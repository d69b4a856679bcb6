import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** The browser on this machine, or undefined: the tests that need one then say so and are skipped. */
export function findChromium(): string | undefined {
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((directory) =>
      ["chromium", "chromium-browser", "google-chrome"].map((name) => join(directory, name)),
    );
  return [process.env["CHROMIUM"], "/usr/bin/chromium", ...onPath].find((path) => path && existsSync(path));
}

/** Without the services by which a browser speaks to its maker: the tests count every request. */
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchChromium(executablePath: string): Promise<Browser> {
  // No sandbox: continuous integration runs as root, where Chromium refuses to have one.
  return chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", ...QUIET] });
}

export const desk = { viewport: { width: 1440, height: 900 } };
export const phone = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};
