import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_DIR } from "../local-site/wrangler-dev.ts";

const DOCUMENTS = ["README.md", "src/README.md", "test/README.md"];
DOCUMENTS.push(".github/SECURITY.md", ".github/CHANGELOG.md", ".github/CONTRIBUTING.md");

describe.each(DOCUMENTS)("%s", (document) => {
  const text = readFileSync(join(PROJECT_DIR, document), "utf8");

  it("names only tests that are there", () => {
    const named = [...text.matchAll(/\btest\/[\w/.-]+\.test\.ts\b/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(join(PROJECT_DIR, path)))).toEqual([]);
  });
});

it("each promise of SECURITY.md names a test", () => {
  const text = readFileSync(join(PROJECT_DIR, ".github/SECURITY.md"), "utf8");
  const [, table = ""] = text.split("| promise | test |\n|---|---|\n");
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) expect(row).toMatch(/\| `test\/[\w/.-]+\.test\.ts`[^|]*\|$/);
});
