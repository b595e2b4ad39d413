import { type Browser, chromium } from "playwright-core";

/** Debian's package and command: Chromium without its windows, which takes half of the CPU. */
export const CHROMIUM = "chromium-headless-shell";

// Without these Debian's Chromium looks for Google's hosts at each start.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Debian's Chromium. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: `/usr/bin/${CHROMIUM}`, args: FLAGS });
}
