import { beforeEach, describe, expect, it, vi } from "vitest";
import { createPresetSite, failures, isOriginal, type PresetSite } from "../support/preset-site.ts";
import { IMAGE } from "./answers/row.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

describe("what the binding will never transform is the original, for good, with one log line:", () => {
  it.each<[string, Parameters<PresetSite["upload"]>[1], number, string]>([
    [
      "AVIF as input of this account",
      { type: "avif", width: 800, height: 600, bytes: 9_000 },
      9412,
      "AVIF input is not enabled",
    ],
    ["HEIC", { type: "heic", width: 800, height: 600, bytes: 9_000 }, 9412, "HEIC format is not supported"],
    [
      "an animation of more than 100 megapixels",
      { type: "gif", width: 1_000, height: 1_000, frames: 101, bytes: 9_000 },
      9413,
      "too large",
    ],
  ])("%s", async (_, image, code, message) => {
    const site = await createPresetSite();
    site.upload("odd", image);
    for (let n = 0; n < 3; n += 1)
      expect(await isOriginal(site, await site.get(`/odd?preset=thumb&n=${n}`), "odd")).toBe(true);
    expect(site.binding.calls).toHaveLength(1);
    const [failure, ...others] = failures(site);
    expect(failure).toMatchObject({
      level: "warn",
      code,
      file: "odd",
      preset: "thumb",
      error: expect.stringContaining(message),
    });
    expect(others).toEqual([]);
  });

  it.each([9401, 9412, 9413, 9420, 9424, 9432, 9516, 9520])("error %i", async (code) => {
    const site = await createPresetSite();
    site.binding.fail(code);
    const response = await site.visit("/photo.jpg?preset=thumb");
    expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe(IMAGE.edge);
    expect(await isOriginal(site, response)).toBe(true);
    expect(failures(site)).toMatchObject([{ level: "warn", code }]);
  });

  it("an animation that comes back as it was", async () => {
    const site = await createPresetSite();
    site.upload("long.gif", { type: "gif", width: 1_000, height: 1_000, frames: 60, bytes: 90_000 });
    for (let n = 0; n < 3; n += 1) {
      expect(await isOriginal(site, await site.get(`/long.gif?preset=thumb&n=${n}`), "long.gif")).toBe(true);
    }
    expect(site.binding.calls).toHaveLength(1);
  });

  it("AVIF as input is sent once in an isolate, and not again for another file", async () => {
    const site = await createPresetSite();
    for (const name of ["one.avif", "two.avif", "three.avif"]) {
      site.upload(name, { type: "avif", width: 800, height: 600, bytes: 9_000 });
      expect(await isOriginal(site, await site.get(`/${name}?preset=thumb`), name)).toBe(true);
    }
    expect([site.binding.calls.length, failures(site).length]).toEqual([1, 1]);
  });

  it("one broken AVIF says nothing of the others where AVIF is taken", async () => {
    const site = await createPresetSite();
    site.binding.extraInputs.add("avif");
    site.binding.fail(9412, "The requested file is not an image.");
    for (const name of ["one.avif", "two.avif"]) {
      site.upload(name, { type: "avif", width: 800, height: 600, bytes: 900_000 });
      expect(await isOriginal(site, await site.get(`/${name}?preset=thumb`), name)).toBe(name === "one.avif");
    }
  });
});
