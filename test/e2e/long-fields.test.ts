import { afterAll, beforeAll, expect, it } from "vitest";
import { type Project, startProject } from "./project.ts";

/** Nearly all that Cloudflare lets a request have. */
const BYTES = 100_000;
/** A field that is read in quadratic time takes five seconds and more. */
const AT_MOST_MS = 2_000;

const SPACES = " ".repeat(BYTES);
const FIELDS: [string, string][] = [
  ["If-None-Match", `"a",${SPACES}x`],
  ["If-Match", `"a",${SPACES}x`],
  ["If-Modified-Since", `Sun, 06 Nov 1994${SPACES}x`],
  ["If-Range", `"${SPACES}x`],
  ["Range", `bytes=0-${SPACES},x`],
  ["Range", `bytes=${"9".repeat(BYTES)}-`],
  ["Accept", `text/html,${SPACES}x`],
  ["Accept", `text/html${";a=b".repeat(BYTES / 4)}`],
  ["Referer", `https://${"%CC%81%CC%96".repeat(BYTES / 12)}/`],
  ["Referer", `https://xn--${"a9".repeat(BYTES / 2)}/`],
  ["Origin", `https://${"a.".repeat(BYTES / 2)}`],
];

let project: Project;
beforeAll(async () => {
  project = await startProject({
    vars: { CORS_ALLOW_ORIGINS: "https://good.example", ALLOWED_REFERERS: "good.example" },
  });
  await (await fetch(`${project.url}/compass.svg`)).arrayBuffer();
});
afterAll(() => project?.stop());

it.each(FIELDS)("100 KB of %s are read at once", async (name, value) => {
  for (const path of ["/compass.svg", "/nothing.jpg"]) {
    const startedAt = performance.now();
    const response = await fetch(project.url + path, { headers: { Range: "bytes=0-", [name]: value } });
    await response.arrayBuffer();
    expect(response.status).toBeLessThan(500);
    expect(performance.now() - startedAt).toBeLessThan(AT_MOST_MS);
  }
});
