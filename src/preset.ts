import * as v from "valibot";
import type { Misfit } from "./setting-kinds.ts";

/**
 * How an image is fitted into the width and height of a preset, in the words of the Images binding.
 * Source: https://developers.cloudflare.com/images/optimization/features/#fit
 */
const FITS = ["scale-down", "contain", "cover", "crop", "aspect-crop", "pad", "squeeze"] as const;
const FORMATS = ["auto", "avif", "webp", "jpeg", "png"] as const;

/** A transformation of images, under a name that the owner gave it. */
export interface Preset {
  name: string;
  /** In pixels, as `height` is; undefined: follows from the other side and the original's proportions. */
  width: number | undefined;
  height: number | undefined;
  fit: (typeof FITS)[number];
  /** 1 to 100; undefined: the binding's default. */
  quality: number | undefined;
  /** `auto`: the best format that the visitor's `Accept` allows. */
  format: (typeof FORMATS)[number];
}

export type Presets = ReadonlyMap<string, Preset>;

const NAME = /^[A-Za-z0-9_-]{1,32}$/;
const NAME_FAULT = "its name must have 1 to 32 letters, digits, - or _";
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
  "it has a word too many: a preset has width, height, fit, quality and format",
);

/**
 * Reads `IMAGE_PRESETS`, a table or its JSON text; empty text means no presets. The problem says how to write each wrong preset; it quotes
 * only names that addresses may have, since everybody may read it.
 */
export function parsePresets(value: unknown): Presets | Misfit {
  // A variable that was cleared in Cloudflare's dashboard is empty text.
  const table = typeof value === "string" ? parseJson(value.trim() || "{}") : value;
  if (!isTable(table)) return { problem: EXAMPLE };
  const entries = Object.entries(table);
  if (entries.length > MOST_PRESETS) return { problem: `at most ${MOST_PRESETS} presets` };
  const presets = new Map<string, Preset>();
  const problems: string[] = [];
  for (const [index, [name, given]] of entries.entries()) {
    const isName = NAME.test(name);
    const preset = isName ? parsePreset(name, given) : NAME_FAULT;
    if (typeof preset === "string") problems.push(`${isName ? `"${name}"` : `preset ${index + 1}`}: ${preset}`);
    else presets.set(name, preset);
  }
  return problems.length === 0 ? presets : { problem: `${EXAMPLE}; ${problems.join("; ")}` };
}

/** The preset that a query names; undefined: it asks for the original. A preset that is unknown or named twice is a problem. */
export function choosePreset(query: URLSearchParams, presets: Presets): Preset | undefined | Misfit {
  const [name, second] = query.getAll("preset");
  if (name === undefined) return undefined;
  const known = second === undefined ? presets.get(name) : undefined;
  const names = [...presets.keys()].join(", ");
  return known ?? { problem: `The address must have one preset, and one of these: ${names}.` };
}

/** A preset, or what is wrong with it. */
function parsePreset(name: string, given: unknown): Preset | string {
  if (!isTable(given)) return "it must be a table such as { width = 320 }";
  const { success, output, issues } = v.safeParse(recipe, given);
  if (!success) return issues.map(faultOf).join(", ");
  const { width, height, fit, quality, format } = output;
  if (width === undefined && height === undefined && quality === undefined && format === "auto") {
    return "it must have a width, a height, a quality or a format";
  }
  return { name, width, height, fit, quality, format };
}

function faultOf(issue: v.InferIssue<typeof recipe>): string {
  const word = v.getDotPath(issue) ?? "";
  return Object.hasOwn(recipe.entries, word) ? `${word} must be ${issue.message}` : issue.message;
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
