import { exports } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { purgeOwnCache } from "../../../src/purge/own-cache.ts";
import { runAhead } from "../support/clock.ts";

const TAGS = { tags: ["/cat.jpg"] };

function cacheThat(purge: CacheContext["purge"]): CacheContext {
  return { purge, invalidate: () => Promise.reject(new Error("never asked")) };
}

it("says «purged» when Cloudflare does, and asks for just what was to be purged", async () => {
  const purge = vi.fn(async () => ({ success: true, errors: [] }));
  expect(await purgeOwnCache(cacheThat(purge), TAGS)).toEqual({ kind: "purged" });
  expect(purge.mock.calls).toEqual([[TAGS]]);
});

it("says why Cloudflare refused", async () => {
  const errors = [{ code: 1134, message: "Rate limit reached" }];
  const outcome = await purgeOwnCache(
    cacheThat(async () => ({ success: false, errors })),
    TAGS,
  );
  expect(outcome).toEqual({ kind: "refused", faults: errors });
});

it("says that Cloudflare threw", async () => {
  const outcome = await purgeOwnCache(
    cacheThat(() => Promise.reject(new TypeError("too many tags"))),
    TAGS,
  );
  expect(outcome).toEqual({ kind: "refused", faults: [{ code: 0, message: "TypeError: too many tags" }] });
});

it("waits ten seconds for Cloudflare, and no longer", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const outcome = await runAhead(
    purgeOwnCache(
      cacheThat(() => new Promise(() => undefined)),
      TAGS,
    ),
  );
  expect(outcome).toEqual({
    kind: "refused",
    faults: [{ code: 0, message: "Error: Cloudflare has not answered in 10 s" }],
  });
});

it("says that there is no cache, where there is none: asked as the Worker asks its own entrypoint", async () => {
  expect(await purgeOwnCache(undefined, TAGS)).toEqual({ kind: "no-cache" });
  expect(await exports.Images.purge(TAGS)).toEqual({ kind: "no-cache" });
});
