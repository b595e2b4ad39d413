import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_DIR } from "../bench/bundle.ts";
import { costTable } from "../bench/cost.ts";

const MARKER = "<!-- cost table: node test/bench/cost.ts -->\n";

test("the cost table in the README is what the script computes from the published prices", async () => {
  const readme = await readFile(join(PROJECT_DIR, "README.md"), "utf8");
  const start = readme.indexOf(MARKER);
  expect(start, "the README has the place of the table").not.toBe(-1);
  expect(readme.slice(start + MARKER.length, start + MARKER.length + costTable().length)).toBe(costTable());
});
