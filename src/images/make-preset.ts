import type { Preset } from "../preset.ts";
import type { PresetAnswer } from "../respond/preset-response.ts";
import { withDeadline } from "../with-deadline.ts";
import { type ImageHeader, readImageHeader } from "./image-header.ts";
import { MOST_ORIGINAL_BYTES } from "./images-binding.ts";
import { isShownAlike, outputType, type PresetFormat, suitsAvif } from "./preset-format.ts";
import { sizeFor } from "./preset-size.ts";
import type { Source, Transformer } from "./transform.ts";

/** The limits of the Images binding: 100 megapixels, 12,000 pixels a side. Source: https://developers.cloudflare.com/images/get-started/limits/ */
const MOST_PIXELS = 100_000_000;
const LONGEST_SIDE = 12_000;
/** How long the original may take to arrive: B2 may stall in the middle. It is long enough for 20 MB at 11 Mbit/s. */
const READ_TIMEOUT_MS = 15_000;
/** The types of originals. SVG is not among them, since the binding never turns it into pixels. */
const RASTER_TYPE = /^image\/(?:p?jpe?g|png|gif|webp|avif|hei[cf])[ \t]*(?:;|$)/i;

/** The preset to make, and with which transformer. */
export interface PresetOrder {
  transformer: Transformer;
  preset: Preset;
  format: PresetFormat;
  /** Whether the original may be sent when there is no result, or none that is smaller. */
  mayStandIn: boolean;
  /** For the log. */
  about: Source["about"];
}

/** An answer without its validator; or the format to ask for instead; or `broken`, when the original broke off or stalled in the middle. */
export type PresetWork =
  | Omit<PresetAnswer, "etag">
  | { outcome: "unsuitable" | "avif" | "webp" }
  | { outcome: "broken" };

/** Makes a preset from an original, which is an answer of `Images`. Each call of the binding costs, so only what can succeed is sent to it. */
export async function makePreset(original: Response, order: PresetOrder): Promise<PresetWork> {
  const contentType = original.headers.get("Content-Type");
  const unread = { content: original.body, contentType };
  const bytes = Number(original.headers.get("Content-Length") ?? Number.NaN);
  const isRaster = RASTER_TYPE.test(contentType ?? "") && !original.headers.has("Content-Encoding");
  if (!isRaster || !(bytes <= MOST_ORIGINAL_BYTES)) return { outcome: "original", ...unread };
  if (order.transformer.isPaused()) return { outcome: "for-now", ...unread };
  const leave = await order.transformer.enter(bytes);
  if (leave === undefined) return { outcome: "for-now", ...unread };
  try {
    const content = await withDeadline(original.arrayBuffer(), READ_TIMEOUT_MS, stalled).catch(() => undefined);
    return content === undefined ? { outcome: "broken" } : await makeFrom({ content, contentType }, order);
  } finally {
    leave();
  }
}

function stalled(): Error {
  return new Error(`The original did not arrive within ${READ_TIMEOUT_MS / 1000} seconds.`);
}

interface Original {
  content: ArrayBuffer;
  contentType: string | null;
}

async function makeFrom(original: Original, order: PresetOrder): Promise<PresetWork> {
  const { preset, format, transformer, about } = order;
  const header = readImageHeader(new Uint8Array(original.content));
  if (header === undefined || isTooLarge(header)) return { outcome: "original", ...original };
  const type = outputType(format, header.type);
  const { resize, result } = sizeFor(preset, header);
  if (type === "image/avif" && !suitsAvif(result, header)) {
    return format === "avif" ? { outcome: "unsuitable" } : { outcome: "original", ...original };
  }
  if (losesItsMotion(header, preset)) return { outcome: "original", ...original };
  // The same result is cached under the type of the original, which other clients ask for.
  if (format === "same" && (header.type === "avif" || header.type === "webp")) return { outcome: header.type };
  const source = { content: original.content, type: header.type, about };
  const made = await transformer.transform(source, { resize, quality: preset.quality, type });
  if (made.kind !== "made") return { outcome: made.kind === "refused" ? "original" : "for-now", ...original };
  const keepsSize = result.width === header.width && result.height === header.height;
  return isOriginalBetter({ original, made, keepsSize, type: header.type }, order)
    ? { outcome: "original", ...original }
    : { outcome: "made", content: made.content, contentType: made.contentType };
}

function isTooLarge({ width, height }: ImageHeader): boolean {
  return width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE;
}

/** Whether an animation would become still: the binding keeps those of GIF and WebP, and takes the first frame of others. */
function losesItsMotion({ type, isAnimated }: ImageHeader, { format }: Preset): boolean {
  return format === "auto" && isAnimated && (type === "png" || type === "avif");
}

interface Comparison {
  original: Original;
  made: Original;
  keepsSize: boolean;
  type: ImageHeader["type"];
}

/** Whether to send the original instead: the result is not smaller, and the original has the size and suits the type that were asked for. */
function isOriginalBetter(
  { original, made, keepsSize, type }: Comparison,
  { format, mayStandIn }: PresetOrder,
): boolean {
  const more = made.content.byteLength - original.content.byteLength;
  // The binding returns an animation that is too long unchanged. Source: https://developers.cloudflare.com/images/get-started/limits/
  // Bytes are compared, since the type that the uploader stated may be another one.
  if (more === 0 && isSame(made.content, original.content)) return true;
  return mayStandIn && more >= 0 && keepsSize && isShownAlike(type, format);
}

function isSame(one: ArrayBuffer, other: ArrayBuffer): boolean {
  const [first, second] = [new Uint8Array(one), new Uint8Array(other)];
  return first.every((byte, index) => byte === second[index]);
}
