import type { ImageType } from "image-dimensions";
import { preferredImageTypes } from "../http/accept.ts";
import type { Preset } from "../preset.ts";
import type { OutputType } from "./images-binding.ts";
import type { Size } from "./preset-size.ts";

/** The formats that a result can be asked for in; `same` is the type of its original. The format is part of the cache key. */
const PRESET_FORMATS = ["avif", "webp", "jpeg", "png", "same"] as const;
export type PresetFormat = (typeof PRESET_FORMATS)[number];

export function isPresetFormat(text: string): text is PresetFormat {
  return PRESET_FORMATS.some((format) => format === text);
}

/** In pixels. Source: https://developers.cloudflare.com/images/get-started/limits/ */
const LONGEST_AVIF_SIDE = 1200;

/**
 * The formats to ask for, one after the other until one suits the image, by `Accept` or by the preset. A preset with `avif`
 * falls back to WebP, as Cloudflare's own `format=avif` does.
 */
export function formatsFor(preset: Preset, accept: string | null): [PresetFormat, ...PresetFormat[]] {
  switch (preset.format) {
    case "auto": {
      const [best, other] = preferredImageTypes(accept).map((type) => (type === "image/avif" ? "avif" : "webp"));
      if (best === undefined) return ["same"];
      return other === undefined ? [best, "same"] : [best, other, "same"];
    }
    case "avif":
      return ["avif", "webp"];
    case "webp":
    case "jpeg":
    case "png":
      return [preset.format];
  }
}

/** The type to encode. HEIC becomes JPEG: the binding cannot encode it, and few browsers show it. */
export function outputType(format: PresetFormat, original: ImageType): OutputType {
  if (format !== "same") return `image/${format}`;
  return original === "heic" ? "image/jpeg" : `image/${original}`;
}

/** Whether a result can be AVIF: at most 1,200 pixels a side, and no animation. */
export function suitsAvif({ width, height }: Size, { isAnimated }: { isAnimated: boolean }): boolean {
  return !isAnimated && width <= LONGEST_AVIF_SIDE && height <= LONGEST_AVIF_SIDE;
}

/** Whether a client that asks for a format can show the original as well. Every browser shows JPEG, PNG and GIF. */
export function isShownAlike(original: ImageType, format: PresetFormat): boolean {
  switch (original) {
    case "jpeg":
    case "png":
    case "gif":
      return true;
    case "webp":
      return format === "webp" || format === "avif" || format === "same";
    case "avif":
      return format === "avif" || format === "same";
    case "heic":
      return false;
  }
}
