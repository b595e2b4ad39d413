import { beforeEach, describe, expect, it, vi } from "vitest";
import { hashOf } from "../support/content-of.ts";
import { AVIF_BROWSER, createPresetSite, OLD_CLIENT, type PresetSite, WEBP_BROWSER } from "../support/preset-site.ts";
import { IMAGE } from "./answers/row.ts";

const DAY_SECONDS = 86_400;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

/** How much was paid for: transformations, and downloads from B2. */
function paid(site: PresetSite): { transformations: number; downloads: number } {
  return { transformations: site.binding.calls.length, downloads: site.downloads() };
}

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

describe("each result is made once", () => {
  it("for a hundred different Accept strings, query orders and visitors: one transformation a format", async () => {
    const site = await createPresetSite();
    for (let n = 0; n < 100; n += 1) {
      const accept = `${[AVIF_BROWSER, WEBP_BROWSER, OLD_CLIENT][n % 3]},text/x-${n};q=0.1`;
      const query = n % 2 === 0 ? `preset=thumb&n=${n}` : `n=${n}&preset=thumb`;
      const headers = { "CF-Connecting-IP": `192.0.2.${n}`, Cookie: `visitor=${n}`, "User-Agent": `agent/${n}` };
      expect(await statusOf(site.get(`/photo.jpg?${query}`, accept, { headers }))).toBe(200);
    }
    expect(paid(site)).toEqual({ transformations: 3, downloads: 1 });
    expect(site.cache.runs).toBe(100);
  });

  it("and ten presets of one image cost one download", async () => {
    const presets = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`p${n}`, { width: 100 + n }]));
    const site = await createPresetSite({ IMAGE_PRESETS: presets });
    for (let round = 0; round < 3; round += 1) {
      for (const name of Object.keys(presets)) expect(await statusOf(site.get(`/photo.jpg?preset=${name}`))).toBe(200);
    }
    expect(paid(site)).toEqual({ transformations: 10, downloads: 1 });
  });

  it("the original that a visitor asked for first is not downloaded again by another address", async () => {
    const site = await createPresetSite();
    await statusOf(site.get("/photo.jpg?x=1"));
    await statusOf(site.get("/photo.jpg?preset=thumb"));
    expect(paid(site)).toEqual({ transformations: 1, downloads: 1 });
  });

  it("a range, a HEAD and a precondition need no other one", async () => {
    const site = await createPresetSite();
    const whole = await site.get("/photo.jpg?preset=thumb");
    const etag = whole.headers.get("ETag") ?? "";
    for (const init of [
      { method: "HEAD" },
      { headers: { Range: "bytes=0-9" } },
      { headers: { "If-None-Match": etag } },
    ]) {
      await statusOf(site.get("/photo.jpg?preset=thumb&x=1", OLD_CLIENT, init));
    }
    expect(paid(site).transformations).toBe(1);
  });

  it("what AVIF does not suit is found out once too", async () => {
    const site = await createPresetSite();
    for (let n = 0; n < 5; n += 1) await statusOf(site.get(`/photo.jpg?preset=wide&n=${n}`, AVIF_BROWSER));
    expect(paid(site)).toEqual({ transformations: 1, downloads: 1 });
    // Once for AVIF, once for WebP.
    expect(site.presets.runs).toBe(2);
  });

  it("an original in WebP costs one WebP, for those who name WebP and for those who name nothing", async () => {
    const site = await createPresetSite();
    site.upload("photo.webp", { type: "webp", width: 4000, height: 3000, bytes: 400_000 });
    const contents = new Set<string>();
    for (const accept of [OLD_CLIENT, WEBP_BROWSER, OLD_CLIENT, "text/html"]) {
      const response = await site.get("/photo.webp?preset=thumb", accept);
      expect(response.headers.get("Content-Type")).toBe("image/webp");
      contents.add(await hashOf(response));
    }
    expect([contents.size, paid(site)]).toEqual([1, { transformations: 1, downloads: 1 }]);
  });

  it("no answer of the default entrypoint's cache runs anything", async () => {
    const site = await createPresetSite();
    for (let n = 0; n < 5; n += 1) await statusOf(site.get("/photo.jpg?preset=thumb", AVIF_BROWSER));
    expect([site.cache.runs, site.presets.runs, site.images.runs]).toEqual([1, 1, 1]);
  });
});

describe("a cache that asks whether a result is still good", () => {
  it("is told so without a transformation, and without a download while `Images` has the original", async () => {
    const site = await createPresetSite();
    const first = await site.get("/photo.jpg?preset=thumb");
    site.advance(20 * DAY_SECONDS);
    await site.rotate();
    site.b2.reset();
    const again = await site.get("/photo.jpg?preset=thumb");
    expect([again.status, again.headers.get("ETag")]).toEqual([200, first.headers.get("ETag")]);
    expect(new Uint8Array(await again.arrayBuffer())).toEqual(new Uint8Array(await first.arrayBuffer()));
    expect(site.presets.runs).toBe(2);
    // `Images` asked B2 whether the original is still the same, which is a download whose content is not read.
    expect(paid(site)).toEqual({ transformations: 1, downloads: 1 });
  });

  it("gets a new result for a new original", async () => {
    const site = await createPresetSite();
    const old = await site.get("/photo.jpg?preset=thumb");
    site.upload("photo.jpg", { type: "jpeg", width: 3000, height: 4000, bytes: 500_000 });
    site.advance(20 * DAY_SECONDS);
    await site.rotate();
    const fresh = await site.get("/photo.jpg?preset=thumb");
    expect(fresh.headers.get("ETag")).not.toBe(old.headers.get("ETag"));
    expect(fresh.status).toBe(200);
    expect(paid(site).transformations).toBe(2);
  });

  it("keeps a result no longer than its original was fresh when it was made, and asks again without paying", async () => {
    const site = await createPresetSite();
    await statusOf(site.get("/photo.jpg?x=1"));
    site.advance(2 * DAY_SECONDS);
    const made = await site.get("/photo.jpg?preset=thumb");
    expect(made.headers.get("Cache-Control")).toBe(`public, max-age=${2 * DAY_SECONDS}`);
    site.advance(DAY_SECONDS - 1);
    await statusOf(site.get("/photo.jpg?preset=thumb&n=1"));
    expect(site.presets.runs).toBe(1);
    site.advance(2);
    await statusOf(site.get("/photo.jpg?preset=thumb&n=2"));
    await site.presets.settled();
    expect([site.presets.runs, paid(site).transformations]).toEqual([2, 1]);
  });
});

describe("a version in the address", () => {
  const versioned = { VERSION_PARAMETER: "v" };

  it("that is made up orders no other result: they are kept by their content", async () => {
    const site = await createPresetSite(versioned);
    for (const path of [
      "v=1&preset=thumb",
      "preset=thumb&v=1",
      "preset=card&v=1",
      "v=2&preset=thumb",
      "preset=thumb&x=1&v=2",
    ]) {
      expect(await statusOf(site.get(`/photo.jpg?${path}`))).toBe(200);
    }
    // A download for each version, and one for the version that both stand for.
    expect(paid(site)).toEqual({ transformations: 2, downloads: 3 });
    for (let n = 3; n < 20; n += 1) await statusOf(site.get(`/photo.jpg?preset=thumb&v=${n}`));
    expect(paid(site).transformations).toBe(2);
  });

  it("shows a replaced image at once, and the old one for as long as its address has it", async () => {
    const site = await createPresetSite(versioned);
    const old = await hashOf(await site.get("/photo.jpg?preset=thumb&v=1"));
    site.upload("photo.jpg", { type: "jpeg", width: 2000, height: 1000, bytes: 300_000 });
    expect(await hashOf(await site.get("/photo.jpg?preset=thumb&v=2"))).not.toBe(old);
    expect(await hashOf(await site.get("/photo.jpg?preset=thumb&v=1"))).toBe(old);
  });

  it("is kept for as long as its address has the image, however long the result is", async () => {
    const site = await createPresetSite(versioned);
    site.upload(
      "short.jpg",
      { type: "jpeg", width: 2000, height: 1000, bytes: 300_000 },
      { cacheControl: "max-age=60" },
    );
    const response = await site.visit("/short.jpg?preset=thumb&v=1");
    const fields = ["Cache-Control", "Cloudflare-CDN-Cache-Control"].map((name) => response.headers.get(name));
    expect([response.status, ...fields]).toEqual([200, "max-age=60", expect.stringContaining("public, max-age=60")]);
  });

  it("counts for nothing where B2 knows no SHA-1, but for the upload time", async () => {
    const site = await createPresetSite(versioned);
    site.upload("large.jpg", { type: "jpeg", width: 2000, height: 1000, bytes: 300_000 }, { sha1: "none" });
    for (const version of ["1", "2", "3"]) {
      expect(await statusOf(site.get(`/large.jpg?preset=thumb&v=${version}`))).toBe(200);
    }
    expect(paid(site).transformations).toBe(1);
    const uploadedAt = Date.UTC(2026, 10, 24, 12);
    expect(await statusOf(site.get(`/large.jpg?preset=thumb&v=${uploadedAt}`))).toBe(200);
    expect(paid(site).transformations).toBe(2);
  });

  it("that proves itself does not make a result last for ever: the recipe may change", async () => {
    const site = await createPresetSite(versioned);
    const etag = (await site.get("/photo.jpg")).headers.get("ETag") ?? "";
    const version = etag.slice(1, 11);
    expect((await site.visit(`/photo.jpg?v=${version}`)).headers.get("Cache-Control")).toContain("immutable");
    const result = await site.visit(`/photo.jpg?v=${version}&preset=thumb`);
    const fields = ["Cache-Control", "Cloudflare-CDN-Cache-Control"].map((name) => result.headers.get(name));
    expect(fields).toEqual([IMAGE.browser, IMAGE.edge]);
  });
});

describe("the limiter of misses", () => {
  it("counts a result that is made once, and not its original again; over the limit nothing is made", async () => {
    let left = 2;
    const keys: string[] = [];
    const limiter = {
      limit: async ({ key }: { key: string }) => {
        keys.push(key);
        left -= 1;
        return { success: left >= 0 };
      },
    };
    const site = await createPresetSite({ MISS_LIMITER: limiter });
    const init = { headers: { "CF-Connecting-IP": "192.0.2.1" } };
    for (const preset of ["thumb", "thumb", "card"]) {
      expect(await statusOf(site.get(`/photo.jpg?preset=${preset}&x`, OLD_CLIENT, init))).toBe(200);
    }
    const refused = await site.get("/photo.jpg?preset=jpeg", OLD_CLIENT, init);
    expect([refused.status, refused.headers.get("Retry-After"), refused.headers.get("Cache-Control")]).toEqual([
      429,
      "60",
      "no-store",
    ]);
    expect(keys).toEqual(["192.0.2.1", "192.0.2.1", "192.0.2.1"]);
    expect(paid(site)).toEqual({ transformations: 2, downloads: 1 });
  });
});
