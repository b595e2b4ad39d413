import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

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

/** True when this machine has no Chromium and need not have it; says how to get it. Throws with `CI=true`. */
export function skipsWithoutChromium(): boolean {
  if (existsSync(CHROMIUM)) return false;
  const message = "chromium is missing: apt-get install chromium";
  if (process.env.CI === "true") throw new Error(message);
  console.warn(message);
  return true;
}

/** Starts Debian's Chromium without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}
