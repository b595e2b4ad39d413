import { expect, it } from "vitest";

const [config = ""] = Object.values(
  import.meta.glob<string>("../../wrangler.toml", { query: "?raw", eager: true, import: "default" }),
);
const lines = config.split("\n").filter((line) => !line.startsWith("#"));

it("a deploy begins with an empty cache, so that a folder that it makes private is private at once", () => {
  expect(lines.filter((line) => line.startsWith("cross_version_cache"))).toEqual([]);
});

it.each([
  ["query strings, which may hold signatures, are cut off in the log", "redact_query_string = true"],
  ["a flood of requests is no flood of lines in the log", "invocation_logs = false"],
  ["no address but the ones that are named shows the pictures", "preview_urls = false"],
])("%s", (_, line) => {
  expect(lines).toContain(line);
});

it("the line that the owner needs is in the log: no share of the requests is left out", () => {
  expect(lines.filter((line) => line.includes("sampling_rate"))).toEqual([]);
});

it("a deploy does not fail on the free plan, which takes no [limits]", () => {
  expect(lines).not.toContain("[limits]");
});

it("no two limiters count together: their namespaces differ, those of the second site too", () => {
  const namespaces = [...config.matchAll(/^(?:# )?namespace_id = "(\d+)"$/gm)].map(([, id]) => id);
  expect(namespaces.length).toBeGreaterThanOrEqual(4);
  expect(new Set(namespaces).size).toBe(namespaces.length);
});

it.each([
  ["MISS_LIMITER", 600],
  ["LIST_LIMITER", 20],
  ["SIGN_IN_LIMITER", 10],
])("%s lets a client do %i things a minute, on the second site too", (name, limit) => {
  const found = [...config.matchAll(/^(?:# )?name = "(\w+)"\n(?:# )?namespace_id = .*\n(?:# )?simple = (.*)$/gm)];
  const limits = found.flatMap(([, limiter, simple]) => (limiter === name ? [simple] : []));
  expect(limits).toEqual([`{ limit = ${limit}, period = 60 }`, `{ limit = ${limit}, period = 60 }`]);
});
