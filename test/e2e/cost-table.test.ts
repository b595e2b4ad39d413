import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { costTable } from "../bench/cost.ts";
import { PROJECT_DIR } from "../project-dir.ts";

const MARKER = "<!-- cost table: node test/bench/cost.ts -->\n";

test("the cost table of .github/docs/cost.md is what the script computes from the published prices", async () => {
  const page = await readFile(join(PROJECT_DIR, ".github/docs/cost.md"), "utf8");
  const start = page.indexOf(MARKER);
  expect(start, "the page has the place of the table").not.toBe(-1);
  expect(page.slice(start + MARKER.length, start + MARKER.length + costTable().length)).toBe(costTable());
});

test("what the README says of a month is in the table", async () => {
  const readme = await readFile(join(PROJECT_DIR, "README.md"), "utf8");
  const [, here, r2] =
    /with 90 % of the views from the cache: \*\*(\$[\d.]+)\*\* here, (\$[\d.]+) with R2/.exec(readme) ?? [];
  expect(monthOf("this Worker")).toBe(here);
  expect(monthOf("R2 behind a domain")).toBe(r2);
});

/** The month's price of a set-up at 90 %. */
function monthOf(setUp: string): string | undefined {
  const row = costTable()
    .split("\n")
    .find((line) => line.startsWith(`| ${setUp} | 90 %`));
  return /\*\*(.*)\*\*/.exec(row ?? "")?.[1];
}
