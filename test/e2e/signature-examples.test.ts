import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { signUrl } from "../../src/access/signed-url.ts";
import { canonicalPath } from "../../src/b2/file-name.ts";
import { isMissing } from "./missing-tool.ts";

const KEY = { id: "k1", secret: "0123456789abcdef0123456789abcdef" };
const SITE = "https://image.example.com";
const EXPIRES = 1_800_000_000;
/** Every printable character of ASCII that a path may have, then text of other lengths in UTF-8. */
const NAMES = [
  "private/red cat.jpg",
  "private/!\"#$%&'()*+,-.:;<=>?@[]^_`{|}~ 0Zz",
  "private/100%.jpg",
  "private/a%20b.jpg",
  "private/café/cafe\u0301.jpg",
  "private/山水/🌈.png",
];

const PAGE = readFileSync(new URL("../../.github/docs/access.md", import.meta.url), "utf8");
const SECTION = PAGE.split("\n## ").find((section) => section.startsWith("Links that your own site makes")) ?? "";

describe("the signature in .github/docs/access.md", () => {
  it("in Node is the one of signUrl", async () => {
    const links = NAMES.map((name) => {
      const asked = { site: SITE, path: `/${name}`, expires: EXPIRES, keyId: KEY.id, secret: KEY.secret };
      return `console.log(sign(${JSON.stringify(asked)}));`;
    });
    await expectSameLinks(run(process.execPath, ["--input-type=module"], [codeOf("js"), ...links]));
  });

  it.skipIf(isMissing("python3"))("in Python is the one of signUrl", async () => {
    const asked = { site: SITE, expires: EXPIRES, key_id: KEY.id, secret: KEY.secret };
    const links = NAMES.map((name) => `print(sign(**${JSON.stringify({ ...asked, path: `/${name}` })}))`);
    await expectSameLinks(run("python3", ["-"], [codeOf("python"), ...links]));
  });

  it.each(["js", "python"])("takes ten lines of %s at most", (language) => {
    const lines = codeOf(language).split("\n");
    expect(lines.filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(10);
  });
});

/** The example's own link first, which the page shows too. */
async function expectSameLinks(printed: string[]): Promise<void> {
  const expected = await Promise.all(NAMES.map(linkOf));
  expect(printed).toEqual([expected[0], ...expected]);
  expect(SECTION).toContain(expected[0]);
}

function linkOf(name: string): Promise<string> {
  return signUrl({
    baseUrl: SITE,
    canonicalPath: canonicalPath(name),
    preset: "",
    expiresAtSeconds: EXPIRES,
    key: KEY,
  });
}

function codeOf(language: string): string {
  const code = new RegExp(`^\`\`\`${language}\n(.*?)\n\`\`\`$`, "ms").exec(SECTION)?.[1];
  if (code === undefined) throw new Error(`the page has no example in ${language}`);
  return code;
}

function run(program: string, flags: string[], code: string[]): string[] {
  const { status, stdout, stderr } = spawnSync(program, flags, {
    input: code.join("\n"),
    encoding: "utf8",
    env: { ...process.env, PYTHONIOENCODING: "utf-8" },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split("\n");
}
