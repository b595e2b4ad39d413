import { beforeEach, describe, expect, it, vi } from "vitest";
import { readImageHeader } from "../../../src/images/image-header.ts";
import { campaign } from "../../campaign.ts";
import { createRandom, type Random } from "../../simulation/random.ts";
import { madeOf } from "../support/images-binding.ts";
import { AVIF_BROWSER, createPresetSite, OLD_CLIENT, type PresetSite, WEBP_BROWSER } from "../support/preset-site.ts";
import type { TestImage } from "../support/test-image.ts";

const REQUESTS = campaign(1_500);
const SEED = 17;
const PRESETS = {
  small: { width: 200 },
  middle: { width: 640, quality: 60 },
  large: { width: 1_600 },
  tall: { height: 500 },
};
type PresetName = keyof typeof PRESETS;
const NAMES: PresetName[] = ["small", "middle", "large", "tall"];
const ACCEPTS = [AVIF_BROWSER, WEBP_BROWSER, OLD_CLIENT];

interface SoakImage extends TestImage {
  name: string;
  width: number;
  height: number;
}

/** Images of all types that the binding takes, of all shapes. */
function makeImages(random: Random): SoakImage[] {
  const types = ["jpeg", "png", "webp", "gif"] as const;
  return Array.from({ length: 24 }, (_, n) => {
    const type = types[n % types.length] ?? "jpeg";
    const [width, height] = [1_700 + random.below(3_000), 1_700 + random.below(3_000)];
    // More bytes than any result has, so that each one is worth it.
    return { name: `${n}.${type}`, type, width, height, bytes: 2_000_000 + n, frames: 1 };
  });
}

/** The type that is due, told another way than the code tells it. */
function typeDue(image: SoakImage, preset: PresetName, accept: string): string {
  const { width, height } = sidesDue(image, preset);
  if (accept === AVIF_BROWSER && image.type !== "gif" && width <= 1200 && height <= 1200) return "avif";
  return accept === OLD_CLIENT ? image.type : "webp";
}

function sidesDue(image: SoakImage, name: PresetName): { width: number; height: number } {
  const preset: { width?: number; height?: number } = PRESETS[name];
  const { width, height } = preset;
  if (width !== undefined) return { width, height: Math.round((image.height * width) / image.width) };
  return { width: Math.round((image.width * (height ?? 0)) / image.height), height: height ?? 0 };
}

interface Wish {
  image: SoakImage;
  preset: PresetName;
  accept: string;
}

function keyOf({ image, preset, accept }: Wish): string {
  return `${image.name} ${preset} ${typeDue(image, preset, accept)}`;
}

/** A request for it in one of many forms, through the caches. */
function ask(site: PresetSite, wish: Wish, { random, count }: { random: Random; count: number }): Promise<Response> {
  const query = [`preset=${wish.preset}`, `x=${count % 7}`];
  if (random.chance(0.5)) query.reverse();
  const accept = random.chance(0.5) ? wish.accept : `${wish.accept},text/x-${random.below(1e6)};q=0.1`;
  const init: RequestInit = random.chance(0.1) ? { method: "HEAD" } : {};
  if (random.chance(0.1)) init.headers = { Range: "bytes=0-15" };
  return site.get(`/${wish.image.name}?${query.join("&")}`, accept, init);
}

/** «made» for a result that is the right one, «original» for the file itself, and a sentence for anything else. */
async function judge(response: Response, { image, preset, accept }: Wish): Promise<string> {
  const said = response.headers.get("Content-Type");
  const content = await response.arrayBuffer();
  const header = readImageHeader(new Uint8Array(content));
  if (response.headers.get("Vary") !== "Accept") return "no Vary: Accept";
  if (![200, 206].includes(response.status)) return `status ${response.status}`;
  // A HEAD, or a part: the fields tell.
  if (header === undefined || response.status === 206) {
    return said === `image/${typeDue(image, preset, accept)}` || said === `image/${image.type}`
      ? "unseen"
      : `said ${said}`;
  }
  if (header.width === image.width)
    return content.byteLength === image.bytes && said === `image/${image.type}` ? "original" : "a spoilt original";
  const { source, resize, output } = madeOf(content);
  const due = { type: typeDue(image, preset, accept), ...sidesDue(image, preset) };
  const is = { type: header.type, width: header.width, height: header.height };
  if (JSON.stringify(is) !== JSON.stringify(due)) return `${JSON.stringify(is)} in place of ${JSON.stringify(due)}`;
  if (source !== `this is ${image.name}`.slice(-20)) return `made of ${source}`;
  if (resize?.fit !== "scale-down" || output.format !== said) return "another recipe";
  return "made";
}

async function soak(failsOften: boolean) {
  const random = createRandom(SEED);
  const site = await createPresetSite({ IMAGE_PRESETS: PRESETS });
  const images = makeImages(random);
  for (const image of images) site.upload(image.name, image);
  const verdicts = new Map<string, number>();
  const keys = new Set<string>();
  for (let count = 0; count < REQUESTS; count += 1) {
    if (failsOften && random.chance(0.04)) site.binding.fail(9522, "busy", 1 + random.below(4));
    const image = images[random.below(images.length)] ?? images[0];
    const preset = NAMES[random.below(NAMES.length)] ?? "small";
    const accept = ACCEPTS[random.below(ACCEPTS.length)] ?? OLD_CLIENT;
    if (image === undefined) break;
    const wish = { image, preset, accept };
    keys.add(keyOf(wish));
    const verdict = await judge(await ask(site, wish, { random, count }), wish);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    site.advance(failsOften ? random.below(40) : 1);
  }
  return { site, verdicts, keys, files: images.length };
}

describe("a soak of presets", { timeout: 120_000 }, () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
  });

  it(`${REQUESTS} requests: no wrong image, one transformation a result, one download a file`, async () => {
    const { site, verdicts, keys, files } = await soak(false);
    expect([...verdicts.keys()].toSorted()).toEqual(["made", "unseen"]);
    expect([site.binding.calls.length, site.downloads()]).toEqual([keys.size, files]);
  });

  it("the same while the binding fails again and again: no wrong image, and no result is made twice", async () => {
    const { site, verdicts, keys, files } = await soak(true);
    expect([...verdicts.keys()].toSorted()).toEqual(["made", "original", "unseen"]);
    const failed = site.log.events().filter(({ event }) => event === "preset.failed").length;
    const made = site.binding.calls.length - failed;
    expect(failed).toBeGreaterThan(REQUESTS / 30);
    expect(made).toBeLessThanOrEqual(keys.size);
    expect(made).toBeGreaterThan(keys.size * 0.8);
    expect(site.downloads()).toBe(files);
  });
});
