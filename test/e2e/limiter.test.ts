import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Project, startProject } from "./project.ts";

/** `wrangler.toml` says so. */
const LIMIT = 600;
const AT_ONCE = 30;
const PATHS = ["/cat.gif", "/cat.gif?v=1", "/dog.gif"];

/** Wrangler has no cache in front of a Worker, so every request is a miss, and it passes `CF-Connecting-IP` through. */
describe("MISS_LIMITER of wrangler.toml", () => {
  let project: Project;
  let withinLimit = 0;
  /** One at each path, after the client's last miss. */
  let refusals: Response[] = [];

  beforeAll(async () => {
    project = await startProject();
    project.b2.put("images", "cat.gif", { content: "GIF89a", contentType: "image/gif" });
    project.b2.reset();
    await askUntilOver();
    // A minute may just have ended.
    if (refusals.some(({ status }) => status !== 429)) await askUntilOver();
  });
  afterAll(() => project?.stop());

  it("lets a client have its misses, direct ones and through Images, whichever addresses of its /64 it has", () => {
    // More, when a minute ended on the way; fewer, if one request counted twice.
    expect(withinLimit).toBeGreaterThanOrEqual(LIMIT);
  });

  it("answers 429 with Retry-After then, both ways, and B2 is not asked", async () => {
    for (const { status, headers } of refusals) expect([status, headers.get("Retry-After")]).toEqual([429, "60"]);
    expect(project.b2.stats().operations.b2_download_file_by_name?.calls).toBe(withinLimit);
  });

  it.each(["2001:db8:1:3::1", "192.0.2.1"])("does not keep %s from anything", async (address) => {
    expect((await fetch(`${project.url}/cat.gif`, { headers: { "CF-Connecting-IP": address } })).status).toBe(200);
  });

  async function askUntilOver(): Promise<void> {
    for (let sent = 0; sent < 2 * LIMIT; sent += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => ask(sent + n)));
      withinLimit += countOpened(answers);
      if (answers.some(({ status }) => status === 429)) break;
    }
    refusals = await Promise.all(PATHS.map((_, n) => ask(n)));
    withinLimit += countOpened(refusals);
  }

  async function ask(n: number): Promise<Response> {
    const headers = { "CF-Connecting-IP": `2001:db8:1:2::${n.toString(16)}` };
    const response = await fetch(project.url + PATHS[n % PATHS.length], { headers });
    await response.arrayBuffer();
    return response;
  }
});

function countOpened(answers: Response[]): number {
  return answers.filter(({ status }) => status !== 429).length;
}
