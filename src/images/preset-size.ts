import type { Preset } from "../preset.ts";
import type { Resize } from "./images-binding.ts";

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Sizing {
  /** What the binding is asked for; undefined: the sides stay as they are. */
  resize: Resize | undefined;
  /** What comes of it. */
  result: Size;
}

/**
 * How a preset is made from an original of this size. It is never enlarged: `contain`, `cover`, `pad` and `squeeze` would
 * do that, so the box that they fill is made smaller, in its own proportions, until nothing has to grow. `crop` of an image
 * that is smaller in one direction alone is not documented, so its box never reaches over the original.
 * Source: https://developers.cloudflare.com/images/optimization/features/#fit
 */
export function sizeFor({ width, height, fit }: Preset, original: Size): Sizing {
  if (width === undefined && height === undefined) return { resize: undefined, result: original };
  if (width === undefined || height === undefined || fit === "scale-down" || fit === "contain") {
    const scale = Math.min(1, (width ?? Infinity) / original.width, (height ?? Infinity) / original.height);
    const sides = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) };
    return { resize: { ...sides, fit: "scale-down" }, result: scaled(original, scale) };
  }
  const across = original.width / width;
  const down = original.height / height;
  switch (fit) {
    case "crop": {
      const box = { width: Math.min(width, original.width), height: Math.min(height, original.height) };
      return { resize: { ...box, fit }, result: box };
    }
    case "cover":
    case "aspect-crop":
      return filled("cover", scaled({ width, height }, Math.min(1, across, down)));
    case "squeeze":
      return filled("squeeze", scaled({ width, height }, Math.min(1, across, down)));
    case "pad":
      return filled("pad", scaled({ width, height }, Math.min(1, Math.max(across, down))));
  }
}

function filled(fit: "cover" | "pad" | "squeeze", box: Size): Sizing {
  return { resize: { ...box, fit }, result: box };
}

function scaled({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
