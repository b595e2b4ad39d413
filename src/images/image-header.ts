import { type ImageType, imageDimensionsFromData } from "image-dimensions";
import { isTurned } from "./jpeg-orientation.ts";
import type { Size } from "./preset-size.ts";

/** The type and size of an image, read from its first bytes. Width and height are as it is shown. */
export interface ImageHeader extends Size {
  type: ImageType;
  /** Whether it is, or may be, an animation. */
  isAnimated: boolean;
}

/** Contains nearly every header. The library copies its input, so it gets the whole file only when this is not enough. */
const HEAD_BYTES = 65_536;

/** Reads the header of a JPEG, PNG, GIF, WebP, AVIF or HEIC; undefined for anything else. */
export function readImageHeader(content: Uint8Array): ImageHeader | undefined {
  const head = content.subarray(0, HEAD_BYTES);
  const found = imageDimensionsFromData(head) ?? imageDimensionsFromData(content);
  if (found === undefined || found.width === 0 || found.height === 0) return undefined;
  const { type, width, height } = found;
  const isAnimated = mayMove(type, content);
  return type === "jpeg" && isTurned(content)
    ? { type, width: height, height: width, isAnimated }
    : { type, width, height, isAnimated };
}

function mayMove(type: ImageType, content: Uint8Array): boolean {
  switch (type) {
    case "gif":
      // Only reading to the end could tell a still GIF from an animation, and still ones are rare.
      return true;
    case "webp":
      // Source: https://developers.google.com/speed/webp/docs/riff_container#extended_file_format
      return textAt(content, 12) === "VP8X" && ((content[20] ?? 0) & 0b10) !== 0;
    case "png":
      return isAnimatedPng(content);
    case "avif":
      // The brand for image sequences. Source: https://aomediacodec.github.io/av1-avif/
      return textAt(content, 8) === "avis";
    case "jpeg":
    case "heic":
      return false;
  }
}

/** Whether a PNG has an `acTL` chunk before its first `IDAT`. Source: https://www.w3.org/TR/png-3/#apng-frame-based-animation */
function isAnimatedPng(content: Uint8Array): boolean {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  for (let offset = 8; offset + 8 <= content.length; offset += 12 + view.getUint32(offset)) {
    const chunk = textAt(content, offset + 4);
    if (chunk === "acTL") return true;
    if (chunk === "IDAT") return false;
  }
  return false;
}

function textAt(content: Uint8Array, offset: number): string {
  return String.fromCharCode(...content.subarray(offset, offset + 4));
}
