import { expect, it } from "vitest";
import { formatBytes, formatCount, formatDate, formatTime } from "../../../src/pages/format.ts";

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [9_949, "9.9 kB"],
  [9_950, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [3_400_000, "3.4 MB"],
  [999_499_999, "999 MB"],
  [999_500_000, "1.0 GB"],
  [5_368_709_120, "5.4 GB"],
  [10_000_000_000_000, "10 TB"],
  [5_000_000_000_000_000, "5000 TB"],
])("%d bytes are written as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it("a time is written in UTC, and says so", () => {
  const at = Date.UTC(2026, 10, 24, 23, 5);
  expect(formatDate(at)).toBe("24 Nov 2026");
  expect(formatTime(at)).toMatch(/^Tuesday,? 24 November 2026 at 23:05 UTC$/);
});

it.each([
  [0, "0 files"],
  [1, "1 file"],
  [1204, "1,204 files"],
])("%d is counted as %s", (count, text) => {
  expect(formatCount(count, "file")).toBe(text);
});
