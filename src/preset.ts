import * as v from "valibot";
import type { Misfit } from "./setting-kinds.ts";

/**
 * How an image is fit into the sides of a preset, in the Images binding's own words.
 * Source: https://developers.cloudflare.com/images/optimization/features/#fit
 */
const FITS = ["scale-down", "contain", "cover", "crop", "aspect-crop", "pad", "squeeze"] as const;
const FORMATS = ["auto", "avif", "webp", "jpeg", "png"] as const;

/** A name that the owner gives to a way of transforming images. */
export interface Preset {
  name: string;
  /** In pixels, like `height`; undefined: as the other side, or the original, makes it. */
  width: number | undefined;
  height: number | undefined;
  fit: (typeof FITS)[number];
  /** 1 to 100; undefined: what the binding takes. */
  quality: number | undefined;
  /** `auto`: the best that the visitor's `Accept` names. */
  format: (typeof FORMATS)[number];
}

export type Presets = ReadonlyMap<string, Preset>;

const NAME = /^[A-Za-z0-9_-]{1,32}$/;
const MOST_PRESETS = 32;
const LONGEST_SIDE = 4096;
const EXAMPLE = 'a TOML table, or JSON text, of presets such as {"thumb": {"width": 320}}';

const side = wholeNumber(LONGEST_SIDE);
const recipe = v.strictObject(
  {
    width: v.optional(side),
    height: v.optional(side),
    fit: v.optional(v.picklist(FITS, `one of ${FITS.join(", ")}`), "scale-down"),
    quality: v.optional(wholeNumber(100)),
    format: v.optional(v.picklist(FORMATS, `one of ${FORMATS.join(", ")}`), "auto"),
  },
  "left out: a preset has width, height, fit, quality and format",
);

/** Reads `IMAGE_PRESETS`: a table, or its JSON text; empty is none. The problem names each preset that is wrong, and what it should hold. */
export function parsePresets(value: unknown): Presets | Misfit {
  // An empty variable is what a dashboard leaves behind.
  const table = typeof value === "string" ? parseJson(value.trim() || "{}") : value;
  if (!isTable(table)) return { problem: EXAMPLE };
  const entries = Object.entries(table);
  if (entries.length > MOST_PRESETS) return { problem: `at most ${MOST_PRESETS} presets` };
  const presets = new Map<string, Preset>();
  const problems: string[] = [];
  for (const [name, given] of entries) {
    const preset = parsePreset(name, given);
    if (typeof preset === "string") problems.push(preset);
    else presets.set(name, preset);
  }
  return problems.length === 0 ? presets : { problem: `${EXAMPLE}; ${problems.join("; ")}` };
}

/** The preset that a query names: one, once. A query without the parameter asks for the original. */
export function choosePreset(query: URLSearchParams, presets: Presets): Preset | undefined | Misfit {
  const [name, second] = query.getAll("preset");
  if (name === undefined) return undefined;
  const known = second === undefined ? presets.get(name) : undefined;
  const names = [...presets.keys()].join(", ");
  return known ?? { problem: `The address must have one preset, and one of these: ${names}.` };
}

/** The problem as text. */
function parsePreset(name: string, given: unknown): Preset | string {
  const shown = JSON.stringify(name.slice(0, 40));
  if (!NAME.test(name)) return `the name ${shown} must have 1 to 32 letters, digits, - or _`;
  if (!isTable(given)) return `${shown}: it must be a table such as { width = 320 }`;
  const { success, output, issues } = v.safeParse(recipe, given);
  if (!success) {
    return `${shown}: ${issues.map((issue) => `${v.getDotPath(issue)} must be ${issue.message}`).join(", ")}`;
  }
  const { width, height, fit, quality, format } = output;
  if (width === undefined && height === undefined && quality === undefined && format === "auto") {
    return `${shown}: it must have a width, a height, a quality or a format`;
  }
  return { name, width, height, fit, quality, format };
}

function wholeNumber(most: number) {
  const message = `a whole number from 1 to ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(1, message), v.maxValue(most, message));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
