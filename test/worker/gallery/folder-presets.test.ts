import { beforeEach, expect, it, vi } from "vitest";
import { folderJson, LISTED } from "../support/listed-site.ts";
import { AVIF_BROWSER, createPresetSite } from "../support/preset-site.ts";
import { NOW_SECONDS, PRIVATE, signed } from "../support/protection.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});

const PHOTO = { type: "jpeg", width: 4000, height: 3000, bytes: 400_000 } as const;

it("thumbnails are made by the preset that is large enough, and links lead to the originals", async () => {
  const site = await createPresetSite(LISTED);
  site.upload("trip/a & b.jpg", PHOTO);
  site.b2.put("images", "trip/c.svg", { content: "<svg/>", contentType: "image/svg+xml" });
  const { files } = await folderJson(site, "/trip/?format=json");
  expect(files.map(({ url, thumbnail }) => [url, thumbnail])).toEqual([
    ["/trip/a%20&%20b.jpg", "/trip/a%20&%20b.jpg?preset=thumb"],
    ["/trip/c.svg", "/trip/c.svg"],
  ]);
  for (let n = 0; n < 3; n += 1) {
    const drawn = await site.get(files[0]?.thumbnail ?? "", AVIF_BROWSER);
    expect([drawn.status, drawn.headers.get("Content-Type")]).toEqual([200, "image/avif"]);
  }
  expect(site.binding.calls).toHaveLength(1);
  expect((await site.get(files[0]?.url ?? "")).headers.get("Content-Length")).toBe("400000");
});

it("behind a signed link, thumbnails are signed as what they are: each opens itself alone", async () => {
  const site = await createPresetSite({ ...LISTED, ...PRIVATE, VERSION_PARAMETER: "v" });
  site.upload("private/photo.jpg", PHOTO);
  const { files } = await folderJson(site, `${await signed("/private/")}&format=json`);
  const photo = files.find(({ name }) => name === "photo.jpg");
  const [url = "", thumbnail = ""] = [photo?.url, photo?.thumbnail];
  expect(thumbnail).toMatch(/^\/private\/photo\.jpg\?v=[0-9a-f]{8}&preset=thumb&exp=/);
  expect((await site.get(thumbnail, AVIF_BROWSER)).headers.get("Content-Type")).toBe("image/avif");
  expect((await site.get(url)).status).toBe(200);
  expect((await site.get(thumbnail.replace("preset=thumb&", ""))).status).toBe(403);
  expect((await site.get(thumbnail.replace("preset=thumb", "preset=card"))).status).toBe(403);
  expect((await site.get(url.replace("&exp", "&preset=thumb&exp"))).status).toBe(403);
  site.advance(3600);
  for (const address of [url, thumbnail]) expect((await site.get(address)).status).toBe(403);
});
