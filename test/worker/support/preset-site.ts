import type { LocalB2Options, LocalFile } from "../../local-b2/options.ts";
import { hashOf } from "./content-of.ts";
import { ImagesStandIn } from "./images-binding.ts";
import type { Vars } from "./isolate.ts";
import { createSite, type TestSite } from "./site.ts";
import { type TestImage, testImage } from "./test-image.ts";

export const PRESETS = {
  thumb: { width: 320 },
  card: { width: 800, height: 600, fit: "cover", quality: 70 },
  wide: { width: 2000 },
  webp: { width: 320, format: "webp" },
  avif: { width: 320, format: "avif" },
  jpeg: { width: 320, format: "jpeg" },
};

/** What browsers send for an image: all of them, those before AVIF, and programs. */
export const AVIF_BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
export const WEBP_BROWSER = "image/webp,*/*";
export const OLD_CLIENT = "*/*";

export interface PresetSite extends TestSite {
  /** The stand-in for the Images binding. */
  binding: ImagesStandIn;
  /** Gets an address for a client that sends this `Accept`, through the caches. */
  get(path: string, accept?: string, init?: RequestInit): Promise<Response>;
  /** Uploads an image under a name. */
  upload(name: string, image: TestImage, file?: Partial<LocalFile>): void;
}

/** A site with presets, the stand-in for the Images binding, a token, and `/photo.jpg`: 4000 × 3000 in 400,000 bytes. */
export async function createPresetSite(vars: Vars = {}, options: LocalB2Options = {}): Promise<PresetSite> {
  const binding = new ImagesStandIn();
  const site = createSite({ IMAGES: binding, IMAGE_PRESETS: PRESETS, ...vars }, options);
  const upload: PresetSite["upload"] = (name, image, file) => {
    const content = testImage({ note: `this is ${name}`, ...image });
    site.b2.put("images", name, { content, contentType: `image/${image.type}`, ...file });
  };
  upload("photo.jpg", { type: "jpeg", width: 4000, height: 3000, bytes: 400_000 });
  await site.rotate();
  site.b2.reset();
  site.log.clear();
  return {
    ...site,
    binding,
    upload,
    get: (path, accept = OLD_CLIENT, init = {}) =>
      site.browse(path, { ...init, headers: { ...init.headers, Accept: accept } }),
  };
}

/** Whether an answer is the file of the bucket, byte for byte. */
export async function isOriginal(site: PresetSite, response: Response, name = "photo.jpg"): Promise<boolean> {
  const original = await site.visit(`/${encodeURIComponent(name)}`);
  return response.status === 200 && (await hashOf(response)) === (await hashOf(original));
}

/** What the log tells of transformations that failed. */
export function failures(site: PresetSite): Record<string, unknown>[] {
  return site.log.events().filter(({ event }) => event === "preset.failed");
}

/** The address of a preset of the site's photo. */
export const THUMB = "/photo.jpg?preset=thumb";

/** Through no cache, as in `wrangler dev`: what the Worker itself says. */
export function visit(
  site: PresetSite,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Response> {
  return site.visit(path, { method, headers: { Accept: WEBP_BROWSER, ...headers } });
}
