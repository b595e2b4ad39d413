import { expect, it } from "vitest";
import { pagePolicy, renderPage } from "../../../src/pages/page.tsx";

const STYLE = "p { color: red; }";

function render(changes: Partial<Parameters<typeof renderPage>[0]> = {}): string {
  return renderPage({ title: "A page", style: STYLE, robots: "noindex", children: "hello", ...changes });
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

it("whatever is put into a page is text", () => {
  const hostile = `</title><script>alert("1")</script>&amp;'`;
  const page = render({ title: hostile, children: hostile });
  const escaped = "&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;&#39;";
  expect(page.split(escaped)).toHaveLength(3);
  expect(page.match(/<script/g)).toHaveLength(1);
});

it("the policy lets exactly the page's own style and script work", async () => {
  const page = render();
  const policy = await pagePolicy(STYLE, "'none'");
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const [, script = ""] = /<script>(.*?)<\/script>/s.exec(page) ?? [];
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    "img-src 'self' data:",
    `style-src ${await sha256(style)}`,
    `script-src ${await sha256(script)}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(page).not.toMatch(/ style=| on[a-z]+=/);
});

it("a page tells robots to stay away unless it may be found", () => {
  expect(render()).toContain('<meta name="robots" content="noindex, nofollow"/>');
  expect(render({ robots: "index" })).not.toContain("robots");
});
