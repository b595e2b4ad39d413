import { reset } from "cloudflare:test";
import { afterEach, beforeEach, vi } from "vitest";

// Each test of the worker's begins with an empty KV, and leaves clock, console and `fetch` as they were.
beforeEach(() => reset());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
