import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { createSite } from "../support/site.ts";

it("1,000 requests in the steady state cost 1,000 downloads, and not one read of KV or call of B2's API", async () => {
  const used: string[] = [];
  const counted = new Proxy(env.TOKENS, {
    get(namespace, name) {
      used.push(String(name));
      const member: unknown = Reflect.get(namespace, name);
      return typeof member === "function" ? member.bind(namespace) : member;
    },
  });
  const site = createSite({ TOKENS: counted });
  await site.rotate();
  await site.visit("/cat.jpg");
  expect(used).toContain("get");
  used.length = 0;
  site.b2.reset();
  for (let n = 0; n < 1000; n += 1)
    expect((await site.visit(n % 2 === 0 ? "/cat.jpg" : "/cat.jpg?x")).status).toBe(200);
  expect(used).toEqual([]);
  expect(site.b2.stats().operations).toEqual({ b2_download_file_by_name: { calls: 1000, class: "B" } });
});
