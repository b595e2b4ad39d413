import { beforeEach, describe, expect, it, vi } from "vitest";
import { runAhead } from "../support/clock.ts";
import { createPresetSite, failures, isOriginal } from "../support/preset-site.ts";

const FOR_NOW = "public, max-age=300, stale-if-error=604800";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
});

describe("what fails for now is the original for 5 minutes", () => {
  it.each([9402, 9416, 9425, 9430, 9518, 9522, 9523, 9525, 9527, 9528, 9529])(
    "after error %i, with one log line",
    async (code) => {
      const site = await createPresetSite();
      site.binding.fail(code);
      const response = await site.visit("/photo.jpg?preset=thumb");
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=300");
      expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe(FOR_NOW);
      expect(await isOriginal(site, response)).toBe(true);
      expect(failures(site)).toMatchObject([{ level: "error", code, file: "photo.jpg", preset: "thumb" }]);
    },
  );

  it("after a fault that is no error of the binding", async () => {
    const site = await createPresetSite();
    site.binding.breakOnce(new Error("Network connection lost."));
    expect(await isOriginal(site, await site.get("/photo.jpg?preset=thumb"))).toBe(true);
    expect(failures(site)).toMatchObject([{ level: "error", error: "Network connection lost." }]);
  });

  it("in both caches: then it is tried again, and the result stays", async () => {
    const site = await createPresetSite();
    site.binding.fail(9522);
    for (let n = 0; n < 5; n += 1) {
      expect(await isOriginal(site, await site.get("/photo.jpg?preset=thumb"))).toBe(true);
      expect(await isOriginal(site, await site.get(`/photo.jpg?preset=thumb&n=${n}`))).toBe(true);
      site.advance(59);
    }
    expect(site.binding.calls).toHaveLength(1);
    site.advance(6);
    for (const path of ["/photo.jpg?preset=thumb", "/photo.jpg?preset=thumb&n=9"]) {
      expect(await isOriginal(site, await site.get(path))).toBe(false);
    }
    expect(site.binding.calls).toHaveLength(2);
  });

  it("also when the stored original is days old: what stands in is as young as the failure", async () => {
    const site = await createPresetSite();
    await site.get("/photo.jpg?x=1");
    site.advance(5 * 86_400);
    site.binding.fail(9522, "busy", 2);
    for (let n = 0; n < 5; n += 1)
      expect(await isOriginal(site, await site.get(`/photo.jpg?preset=thumb&n=${n}`))).toBe(true);
    expect(site.binding.calls).toHaveLength(1);
  });

  it("a stand-in has no validator, so that no cache can confirm it, and `busy` does not stay for ever", async () => {
    const site = await createPresetSite();
    site.binding.fail(9522, "busy", 100);
    const first = await site.visit("/photo.jpg?preset=thumb");
    expect([first.headers.get("ETag"), first.headers.get("Last-Modified")]).toEqual([null, null]);
    for (let n = 0; n < 5; n += 1) {
      await site.get("/photo.jpg?preset=thumb");
      site.advance(301);
    }
    site.binding.recover();
    expect(await isOriginal(site, await site.get("/photo.jpg?preset=thumb"))).toBe(false);
  });

  it("when the binding does not answer within 15 seconds", async () => {
    const site = await createPresetSite();
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const visit = site.visit("/photo.jpg?preset=thumb");
    site.binding.stall();
    await vi.waitUntil(() => site.binding.calls.length === 1);
    await vi.advanceTimersByTimeAsync(15_001);
    expect((await visit).headers.get("Cloudflare-CDN-Cache-Control")).toBe(FOR_NOW);
    expect(failures(site)).toMatchObject([{ error: expect.stringContaining("15 seconds") }]);
  });
});

describe.each([9422, 9423])("a used-up quota (%i)", (code) => {
  it("is told once in words that say when the month ends, and stops calls of the isolate for an hour", async () => {
    const site = await createPresetSite();
    site.binding.fail(code, "Free unique transformations by account has been exhausted", 1000);
    for (let n = 0; n < 4; n += 1) {
      site.upload(`${n}.jpg`, { type: "jpeg", width: 800, height: 600, bytes: 9_000 });
      const response = await site.visit(`/${n}.jpg?preset=thumb`);
      expect(response.headers.get("Cloudflare-CDN-Cache-Control")).toBe(FOR_NOW);
      expect(await isOriginal(site, response, `${n}.jpg`)).toBe(true);
      site.advance(19 * 60);
    }
    expect(site.binding.calls).toHaveLength(1);
    expect(failures(site)).toMatchObject([{ level: "error", code, advice: expect.stringContaining("2026-12-01") }]);
    site.binding.recover();
    expect(await isOriginal(site, await site.visit("/0.jpg?preset=thumb"), "0.jpg")).toBe(false);
  });
});

it("the free transformations of a month make so many results, and then originals", async () => {
  const site = await createPresetSite();
  site.binding.free = 3;
  const answers: boolean[] = [];
  for (const preset of ["thumb", "card", "webp", "jpeg", "wide"]) {
    answers.push(await isOriginal(site, await site.get(`/photo.jpg?preset=${preset}`)));
  }
  expect(answers).toEqual([false, false, false, true, true]);
  expect(site.binding.calls).toHaveLength(4);
});

it("an original that stalls in the middle is 503: nobody waits for ever, and the memory is free again", async () => {
  const site = await createPresetSite();
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  site.upload("large.jpg", { type: "jpeg", width: 4000, height: 3000, bytes: 20_000_000 });
  vi.stubGlobal("fetch", async (input: RequestInfo, init?: RequestInit) => {
    const answer = await site.b2.fetch(new Request(input, init));
    const stalled = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(100)) });
    return new Response(stalled, answer);
  });
  const visits = Promise.all([1, 2].map(() => site.visit("/large.jpg?preset=thumb")));
  const answers = await Promise.race([runAhead(visits, 1000), scheduler.wait(2000).then(() => [])]);
  expect(answers.map(({ status, headers }) => [status, headers.get("Retry-After")])).toEqual([
    [503, "5"],
    [503, "5"],
  ]);
  vi.stubGlobal("fetch", (input: RequestInfo, init?: RequestInit) => site.b2.fetch(new Request(input, init)));
  await runAhead(site.visit("/photo.jpg?preset=thumb"), 1);
  expect(site.binding.calls).toHaveLength(1);
});
