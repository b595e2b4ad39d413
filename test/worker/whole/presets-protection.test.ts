import { beforeEach, describe, expect, it, vi } from "vitest";
import { signUrl } from "../../../src/access/signed-url.ts";
import { createPresetSite, OLD_CLIENT, type PresetSite, WEBP_BROWSER } from "../support/preset-site.ts";
import { BAD_REFERER, GOOD_REFERER, HOTLINK, KEY, NOW_SECONDS, PRIVATE } from "../support/protection.ts";
import { SITE_URL } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

const PHOTO = { type: "jpeg", width: 4000, height: 3000, bytes: 400_000 } as const;

async function privateSite(vars = {}): Promise<PresetSite> {
  const site = await createPresetSite({ ...PRIVATE, ...vars });
  site.upload("private/photo.jpg", PHOTO);
  return site;
}

/** A link that opens a preset of the private photo, or with "" the photo itself. */
async function linkTo(preset: string, canonicalPath = "/private/photo.jpg"): Promise<string> {
  const url = await signUrl({
    baseUrl: SITE_URL,
    canonicalPath,
    preset,
    key: KEY,
    expiresAtSeconds: NOW_SECONDS + 3600,
  });
  return url.slice(SITE_URL.length);
}

async function answer(response: Response): Promise<[number, string | null, number]> {
  return [response.status, response.headers.get("Content-Type"), (await response.arrayBuffer()).byteLength];
}

describe("a link to a preset", () => {
  it("opens it, through the cache that all who may see it share", async () => {
    const site = await privateSite();
    const response = await site.get(await linkTo("thumb"), WEBP_BROWSER);
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=3600");
    expect((await answer(response)).slice(0, 2)).toEqual([200, "image/webp"]);
    await site.get(`${await linkTo("thumb")}&x=1`, WEBP_BROWSER);
    expect([site.binding.calls.length, site.downloads()]).toEqual([1, 1]);
  });

  it("is kept by no cache in front of the check", async () => {
    const site = await privateSite();
    const response = await site.visit(await linkTo("thumb"));
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe("no-store");
  });

  it.each<[string, (link: string) => string]>([
    ["the original", (link) => link.replace("preset=thumb&", "")],
    ["the original by an empty name", (link) => link.replace("preset=thumb", "preset=")],
    ["another preset", (link) => link.replace("preset=thumb", "preset=card")],
    ["another preset behind it", (link) => `${link}&preset=card`],
    ["another preset in front of it", (link) => link.replace("?", "?preset=card&")],
    ["itself twice", (link) => `${link}&preset=thumb`],
    ["the original by another spelling", (link) => link.replace("preset=", "Preset=")],
    ["the original by a fragment of a name", (link) => link.replace("preset=", "preset[]=")],
    ["another file", (link) => link.replace("photo.jpg", "other.jpg")],
  ])("does not open %s", async (_, change) => {
    const site = await privateSite();
    site.upload("private/other.jpg", PHOTO);
    const response = await site.get(change(await linkTo("thumb")));
    expect([400, 403]).toContain(response.status);
    expect([site.binding.calls.length, site.downloads()]).toEqual([0, 0]);
  });

  it("in another spelling of the same name opens the preset, and not the original", async () => {
    const site = await privateSite();
    const response = await site.get((await linkTo("thumb")).replace("preset=thumb", "%70reset=%74humb"), WEBP_BROWSER);
    expect((await answer(response)).slice(0, 2)).toEqual([200, "image/webp"]);
  });

  it("opens nothing where there are no presets", async () => {
    const site = await privateSite({ IMAGE_PRESETS: undefined });
    for (const preset of ["thumb", "nothing"]) expect((await site.get(await linkTo(preset))).status).toBe(403);
    expect((await site.get(`${await linkTo("")}&preset=`)).status).toBe(403);
    expect((await site.get(`${await linkTo("")}&preset=thumb`)).status).toBe(403);
    expect(site.downloads()).toBe(0);
    expect((await site.get(await linkTo(""))).status).toBe(200);
  });
});

describe("a link to a preset never opens the original", () => {
  it("of an index file, by the address of its folder", async () => {
    const site = await privateSite({
      PRIVATE_PREFIXES: "album/cover.jpg",
      LISTED_PREFIXES: "album",
      INDEX_FILE: "cover.jpg",
    });
    site.upload("album/cover.jpg", PHOTO);
    const link = await linkTo("thumb", "/album/cover.jpg");
    const response = await site.get(link.replace("/album/cover.jpg", "/album/"), WEBP_BROWSER);
    expect((await answer(response)).slice(0, 2)).toEqual([200, "image/webp"]);
  });

  it.each([9522, 9422])("when the binding fails for now (%i): 503, and it comes back", async (code) => {
    const site = await privateSite();
    site.binding.fail(code);
    for (let n = 0; n < 3; n += 1) {
      const response = await site.get(await linkTo("thumb"));
      expect([response.status, response.headers.get("Retry-After"), response.headers.get("Cache-Control")]).toEqual([
        503,
        "300",
        "no-store",
      ]);
      expect((await response.arrayBuffer()).byteLength).toBeLessThan(1_000);
    }
    expect(site.binding.calls).toHaveLength(1);
    site.advance(3601);
    const expiresAtSeconds = NOW_SECONDS + 7200;
    const url = await signUrl({
      baseUrl: SITE_URL,
      canonicalPath: "/private/photo.jpg",
      preset: "thumb",
      key: KEY,
      expiresAtSeconds,
    });
    expect((await site.get(url.slice(SITE_URL.length))).status).toBe(200);
  });

  it("when the binding refuses it: 403 with a sentence, asked for once", async () => {
    const site = await privateSite();
    site.binding.fail(9516);
    for (let n = 0; n < 3; n += 1) {
      const response = await site.get(await linkTo("thumb"));
      const { detail } = await response.json<{ detail: string }>();
      expect([response.status, detail]).toEqual([403, expect.stringContaining("opens a preset, which cannot be made")]);
    }
    expect(site.binding.calls).toHaveLength(1);
  });

  it("when it is no image", async () => {
    const site = await privateSite();
    site.b2.put("images", "private/drawing.svg", { content: "<svg/>", contentType: "image/svg+xml" });
    expect((await site.get(await linkTo("thumb", "/private/drawing.svg"))).status).toBe(403);
  });

  it.each(["image/gif", "image/GIF", "image/gif; charset=binary", "image/jpeg"])(
    "when an animation comes back as it was, uploaded as %s",
    async (contentType) => {
      const site = await privateSite();
      const animation = { type: "gif", width: 1_000, height: 1_000, frames: 60, bytes: 90_000 } as const;
      site.upload("private/long.gif", animation, { contentType });
      expect((await site.get(await linkTo("thumb", "/private/long.gif"))).status).toBe(403);
    },
  );

  it("when the result is not smaller: then it is the result", async () => {
    const site = await privateSite();
    site.upload("private/small.jpg", { type: "jpeg", width: 300, height: 200, bytes: 9_000 });
    site.binding.resultBytes = () => 12_000;
    const response = await site.get(await linkTo("thumb", "/private/small.jpg"));
    expect(await answer(response)).toEqual([200, "image/jpeg", 12_000]);
  });

  it("through a validator of what would stand in", async () => {
    const site = await privateSite();
    const result = (await site.visit(await linkTo("thumb"))).headers.get("ETag") ?? "";
    site.binding.fail(9522);
    const headers = { "If-None-Match": result.replace(/"$/, '-original"') };
    expect((await site.visit(await linkTo("thumb"), { headers })).status).toBe(503);
  });
});

describe("behind hotlink protection", () => {
  it("a preset is shown to good sites alone, and made once; there the original may stand in", async () => {
    const site = await createPresetSite(HOTLINK);
    for (const [headers, status] of [
      [GOOD_REFERER, 200],
      [BAD_REFERER, 403],
      [GOOD_REFERER, 200],
    ] as const) {
      expect((await site.get("/photo.jpg?preset=thumb", OLD_CLIENT, { headers })).status).toBe(status);
    }
    expect(site.binding.calls).toHaveLength(1);
    site.binding.fail(9522);
    const standIn = await site.get("/photo.jpg?preset=card", OLD_CLIENT, { headers: GOOD_REFERER });
    expect(standIn.headers.get("Cache-Control")).toBe("private, max-age=300");
    expect(await answer(standIn)).toEqual([200, "image/jpeg", 400_000]);
  });
});

describe("Presets", () => {
  it.each([
    ["by a format in the query", "/photo.jpg?preset=thumb&format=png"],
    ["by another one's words", "/photo.jpg?preset=thumb&original=never"],
  ])("cannot be talked into anything else: %s", async (_, path) => {
    const site = await createPresetSite();
    const response = await site.get(path);
    expect((await answer(response)).slice(0, 2)).toEqual([200, "image/jpeg"]);
  });
});
