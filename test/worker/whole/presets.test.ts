import { beforeEach, describe, expect, it, vi } from "vitest";
import { readImageHeader } from "../../../src/images/image-header.ts";
import { contentOf } from "../support/content-of.ts";
import { madeOf } from "../support/images-binding.ts";
import { AVIF_BROWSER, createPresetSite, OLD_CLIENT, WEBP_BROWSER } from "../support/preset-site.ts";
import { createSite } from "../support/site.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

/** What an answer says of itself, and what it is. */
async function seen(response: Response) {
  const content = new Uint8Array(await response.arrayBuffer());
  const { type, width, height } = readImageHeader(content) ?? {};
  return { status: response.status, said: response.headers.get("Content-Type"), type, width, height };
}

function image(type: string, width: number, height: number) {
  return { status: 200, said: `image/${type}`, type, width, height };
}

describe("the address of a preset", () => {
  it.each([
    ["thumb", AVIF_BROWSER, image("avif", 320, 240)],
    ["thumb", WEBP_BROWSER, image("webp", 320, 240)],
    ["thumb", OLD_CLIENT, image("jpeg", 320, 240)],
    ["card", AVIF_BROWSER, image("avif", 800, 600)],
    ["wide", AVIF_BROWSER, image("webp", 2000, 1500)],
    ["wide", "image/avif", image("jpeg", 2000, 1500)],
    ["webp", OLD_CLIENT, image("webp", 320, 240)],
    ["avif", OLD_CLIENT, image("avif", 320, 240)],
    ["jpeg", AVIF_BROWSER, image("jpeg", 320, 240)],
  ])("%s, asked for with %j", async (preset, accept, expected) => {
    const site = await createPresetSite();
    expect(await seen(await site.get(`/photo.jpg?preset=${preset}`, accept))).toEqual(expected);
  });

  it("hands the binding the size, the fit and the quality of the preset, and the whole original", async () => {
    const site = await createPresetSite();
    const made = madeOf(await (await site.get("/photo.jpg?preset=card")).arrayBuffer());
    expect(made).toEqual({
      source: "this is photo.jpg",
      resize: { width: 800, height: 600, fit: "cover" },
      output: { format: "image/jpeg", quality: 70, anim: false },
    });
  });

  it("takes AVIF by the sides of the original, upright photos as they are shown", async () => {
    const site = await createPresetSite({ IMAGE_PRESETS: { thumb: { width: 1000 } } });
    site.upload("lying.jpg", { type: "jpeg", width: 4000, height: 3000, orientation: 1, bytes: 400_000 });
    site.upload("upright.jpg", { type: "jpeg", width: 4000, height: 3000, orientation: 6, bytes: 400_000 });
    // The stand-in does not turn it: the sides of its result are the camera's.
    expect((await seen(await site.get("/lying.jpg?preset=thumb", AVIF_BROWSER))).type).toBe("avif");
    expect((await seen(await site.get("/upright.jpg?preset=thumb", AVIF_BROWSER))).type).toBe("webp");
  });

  it("has WebP in place of a preset's own AVIF that would be too large", async () => {
    const site = await createPresetSite({ IMAGE_PRESETS: { large: { width: 2000, format: "avif" } } });
    expect(await seen(await site.get("/photo.jpg?preset=large"))).toEqual(image("webp", 2000, 1500));
  });

  it("makes a new format at the size of the original from a preset without sides", async () => {
    const site = await createPresetSite({ IMAGE_PRESETS: { webp: { format: "webp" } } });
    site.binding.resultBytes = () => 1_000;
    expect(await seen(await site.get("/photo.jpg?preset=webp"))).toEqual(image("webp", 4000, 3000));
    expect(site.binding.calls[0]?.resize).toBeUndefined();
  });

  it("keeps an animation moving: as WebP where that is known, else as GIF, and never as AVIF", async () => {
    const site = await createPresetSite();
    site.upload("party.gif", { type: "gif", width: 640, height: 480, frames: 10, bytes: 90_000 });
    expect(await seen(await site.get("/party.gif?preset=thumb", AVIF_BROWSER))).toEqual(image("webp", 320, 240));
    expect(await seen(await site.get("/party.gif?preset=thumb", OLD_CLIENT))).toEqual(image("gif", 320, 240));
    expect(site.binding.calls.map(({ output }) => output.anim)).toEqual([undefined, undefined]);
  });

  it("is a still image where its owner chose a format that does not move", async () => {
    const site = await createPresetSite();
    site.upload("party.gif", { type: "gif", width: 640, height: 480, frames: 10, bytes: 90_000 });
    expect(await seen(await site.get("/party.gif?preset=jpeg"))).toEqual(image("jpeg", 320, 240));
    expect(site.binding.calls.map(({ output }) => output.anim)).toEqual([false]);
  });

  it.each([
    "/photo.jpg?preset=nothing",
    "/photo.jpg?preset=",
    "/photo.jpg?preset",
    "/photo.jpg?preset=thumb&preset=card",
  ])("%s is 400 and names the presets, without a call to B2 or the binding", async (path) => {
    const site = await createPresetSite();
    const response = await site.get(path);
    const { detail } = await response.json<{ detail: string }>();
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([400, "no-store"]);
    expect(detail).toBe("The address must have one preset, and one of these: thumb, card, wide, webp, avif, jpeg.");
    expect([site.downloads(), site.binding.calls.length]).toEqual([0, 0]);
  });

  it.each([
    "/photo.jpg?utm_source=x&preset=thumb&v=3",
    "/%70hoto.jpg?preset=thumb",
    "/file/images/photo.jpg?preset=thumb",
    "/photo.jpg?%70reset=thumb",
  ])("%s is the same result", async (path) => {
    const site = await createPresetSite();
    const expected = await (await site.get("/photo.jpg?preset=thumb")).arrayBuffer();
    expect(new Uint8Array(await (await site.get(path)).arrayBuffer())).toEqual(new Uint8Array(expected));
    expect([site.binding.calls.length, site.downloads()]).toEqual([1, 1]);
  });

  it("of a missing file is 404 like any other, and costs no transformation", async () => {
    const site = await createPresetSite({ NOT_FOUND_FILE: "404.html" });
    site.b2.put("images", "404.html", { content: "nothing here", contentType: "text/html" });
    const missing = await site.get("/dog.jpg?preset=thumb");
    const plain = await site.get("/dog.jpg?x=1");
    expect([missing.status, Object.fromEntries(missing.headers)]).toEqual([404, Object.fromEntries(plain.headers)]);
    expect(await missing.text()).toBe("nothing here");
    expect(site.binding.calls).toEqual([]);
  });

  it.each([
    ["B2 denying access", { status: 403, code: "access_denied" }, 502],
    ["B2 being busy", { status: 503, code: "service_unavailable", retryAfterSeconds: 77 }, 503],
  ])("with %s is what the original would be, and is kept by nobody", async (_, fault, status) => {
    const site = await createPresetSite();
    site.b2.faults([{ operation: "b2_download_file_by_name", times: 1, ...fault }]);
    const response = await site.get("/photo.jpg?preset=thumb");
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([status, "no-store"]);
    expect((await site.get("/photo.jpg?preset=thumb")).status).toBe(200);
  });

  it("is 503 when B2's connection breaks in the middle: nothing is paid, and nothing kept", async () => {
    const site = await createPresetSite();
    site.b2.faults([{ operation: "b2_download_file_by_name", times: 1, reset: "middle" }]);
    const broken = await site.visit("/photo.jpg?preset=thumb");
    const fields = ["Cache-Control", "Retry-After"].map((name) => broken.headers.get(name));
    expect([broken.status, ...fields]).toEqual([503, "no-store", "5"]);
    expect(site.log.events()).toMatchObject([{ event: "preset.original-broken", file: "photo.jpg", preset: "thumb" }]);
    expect(site.binding.calls).toEqual([]);
    expect((await site.visit("/photo.jpg?preset=thumb")).status).toBe(200);
  });
});

it("many large originals at once fill only a part of the isolate's memory, and all of them are made", async () => {
  const site = await createPresetSite();
  site.binding.delayMs = 30;
  const names = Array.from({ length: 7 }, (_, n) => `large-${n}.jpg`);
  for (const name of names) site.upload(name, { type: "jpeg", width: 4000, height: 3000, bytes: 15_000_000 });
  const answers = await Promise.all(names.map(async (name) => await seen(await site.get(`/${name}?preset=thumb`))));
  expect(answers).toEqual(names.map(() => image("jpeg", 320, 240)));
  expect(site.binding.mostAtOnce).toBe(2);
});

describe("without presets", () => {
  it("preset is a foreign query: the original, once, and no preset is asked for", async () => {
    const site = createSite();
    for (const query of ["", "?preset=thumb", "?preset=", "?preset=a&preset=b"]) {
      const response = await site.browse(`/cat.jpg${query}`);
      expect([response.status, await contentOf(response), response.headers.get("Vary")]).toEqual([200, "a cat", null]);
    }
    expect(site.presets.runs).toBe(0);
  });

  it("the Images binding is never called", async () => {
    const site = await createPresetSite({ IMAGE_PRESETS: undefined });
    expect((await seen(await site.get("/photo.jpg?preset=thumb"))).width).toBe(4000);
    expect(site.binding.calls).toEqual([]);
  });
});

describe("presets without the Images binding", () => {
  it("serve nothing, and say what wrangler.toml needs", async () => {
    const site = createSite({ IMAGE_PRESETS: { thumb: { width: 320 } }, IMAGES: undefined });
    expect((await site.visit("/cat.jpg")).status).toBe(500);
    const health = await (await site.visit("/-/health")).text();
    expect(health).toContain("IMAGE_PRESETS");
    expect(health).toContain("[images]");
  });

  it("that are an empty table are none", async () => {
    expect((await createSite({ IMAGE_PRESETS: {}, IMAGES: undefined }).visit("/cat.jpg")).status).toBe(200);
  });
});
