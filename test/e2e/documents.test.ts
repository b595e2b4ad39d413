import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_DIR } from "../project-dir.ts";

const DOCUMENTS = [
  "README.md",
  "src/README.md",
  "test/README.md",
  ...documentsIn(".github"),
  ...documentsIn(".github/docs"),
];

describe.each(DOCUMENTS)("%s", (document) => {
  const text = read(document);

  it("names only tests that are there", () => {
    const named = [...text.matchAll(/\btest\/[\w/.-]+\.test\.ts\b/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(join(PROJECT_DIR, path)))).toEqual([]);
  });

  it("links only to files and headings that are there", () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
      ([, one, other]) => one ?? other ?? "",
    );
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !isThere(document, link))).toEqual([]);
  });
});

it("the README has 300 lines at most, and none is longer than a reader likes", () => {
  const lines = read("README.md").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(300);
  // The button is one link.
  expect(lines.filter((line) => line.length > 170 && !line.startsWith("[![Deploy"))).toEqual([]);
});

it("src/README.md says of each dependency why it is there", () => {
  const [, part = ""] = read("src/README.md").split("\n## Dependencies\n");
  const { dependencies, devDependencies } = JSON.parse(read("package.json"));
  const all = Object.keys({ ...dependencies, ...devDependencies });
  expect(all.filter((name) => !part.includes(`\`${name}\``))).toEqual([]);
});

it("each promise of SECURITY.md names a test", () => {
  const text = read(".github/SECURITY.md");
  const [, table = ""] = text.split("| promise | test |\n|---|---|\n");
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) expect(row).toMatch(/\| `test\/[\w/.-]+\.test\.ts`[^|]*\|$/);
});

function documentsIn(folder: string): string[] {
  const files = readdirSync(join(PROJECT_DIR, folder)).filter((file) => file.endsWith(".md"));
  return files.map((file) => join(folder, file));
}

function read(document: string): string {
  return readFileSync(join(PROJECT_DIR, document), "utf8");
}

function isThere(document: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = path === "" ? document : join(dirname(document), path);
  if (!existsSync(join(PROJECT_DIR, target))) return false;
  return heading === undefined || headingsOf(read(target)).includes(heading);
}

/** The anchors that GitHub makes of headings. */
function headingsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
