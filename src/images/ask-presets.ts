import { CLIENT_FIELD } from "../access/client-address.ts";
import { readPath } from "../b2/file-name.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl } from "../locate.ts";
import type { Preset } from "../preset.ts";
import type { Rejection } from "../rejection.ts";
import { FOR_NOW_SECONDS, OUTCOME_FIELD, VERSION_FIELD } from "../respond/preset-response.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import { forwardedRequest } from "./ask-images.ts";
import { formatsFor, isPresetFormat, type PresetFormat } from "./preset-format.ts";
import { addVaryField, type Checked, isServed, relayed, withLifetimes } from "./relay.ts";

/**
 * The query of an address of `Presets`, with the version of the file at its end. The names begin with a dot, which the name of
 * a version parameter cannot have.
 */
const QUERY = /^\.preset=([\w-]+)&\.format=(\w+)(&\.original=never)?(?:&(.+))?$/;

/** One result, which is cached by its file, preset and format. */
export interface AskedPreset {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  /** The address of the original at `Images`. */
  versionedPath: string;
  clientAddress: string | null;
  preset: Preset;
  format: PresetFormat;
  /** Whether the original may be sent when there is no result. */
  mayStandIn: boolean;
}

/** The preset of an image that a visitor asks for. */
export interface WantedPreset {
  versionedPath: string;
  preset: Preset;
}

/** The check that a request for a preset has passed. A signed link to a preset must never open the original. */
export interface PresetAccess extends Checked {
  bySignature: boolean;
}

/**
 * Asks the `Presets` entrypoint, through its cache, for a preset of an image. Where the address names a version that proves
 * nothing, the result is kept under another one, and the answer is kept for as long as the address has that content.
 */
export async function askPresets(visit: Visit, wanted: WantedPreset, access?: PresetAccess): Promise<Response> {
  const asking = { visit, wanted, access };
  const named = await askInFormats(asking);
  const version = named.headers.get(VERSION_FIELD);
  if (version === null) return dressed(named, asking);
  await dropContent(named);
  const versionedPath = withVersion(wanted.versionedPath, version);
  const kept = await askInFormats({ ...asking, wanted: { ...wanted, versionedPath } });
  const isLasting = isServed(kept.status) && kept.headers.get(OUTCOME_FIELD) !== "for-now";
  return dressed(isLasting ? withLifetimes(kept, named) : kept, asking);
}

/** Asks for the first format of the preset that suits the image. */
async function askInFormats(asking: Asking): Promise<Response> {
  const { visit, wanted } = asking;
  const [first, ...others] = formatsFor(wanted.preset, visit.request.headers.get("Accept"));
  let inner = await askFor(first, asking);
  for (let next = nextFormat(inner, others); next !== undefined; next = nextFormat(inner, others)) {
    await dropContent(inner);
    inner = await askFor(next, asking);
  }
  return inner;
}

/** Replaces the version in the query of an address; empty: takes it out. */
function withVersion(versionedPath: string, version: string): string {
  const [path = "", query = ""] = versionedPath.split("?");
  return version === "" ? path : `${path}?${query.slice(0, query.indexOf("=") + 1)}${version}`;
}

/** The format to ask for after a marker: the one that it names, or else the next of the others. Undefined after a real answer. */
function nextFormat(inner: Response, others: PresetFormat[]): PresetFormat | undefined {
  const outcome = inner.headers.get(OUTCOME_FIELD) ?? "";
  if (outcome === "unsuitable") return others.shift();
  return isPresetFormat(outcome) ? outcome : undefined;
}

interface Asking {
  visit: Visit;
  wanted: WantedPreset;
  access: PresetAccess | undefined;
}

async function askFor(format: PresetFormat, { visit, wanted, access }: Asking): Promise<Response> {
  const [path, version] = wanted.versionedPath.split("?");
  const query = [`.preset=${wanted.preset.name}`, `.format=${format}`];
  if (access?.bySignature) query.push(".original=never");
  if (version !== undefined) query.push(version);
  return await visit.exports.Presets.fetch(forwardedRequest(visit, `${path}?${query.join("&")}`));
}

/** Reads a request of `askPresets`. */
export function readAskedPreset({ request, site }: Visit): AskedPreset | Rejection {
  const { path: rawPath, query } = cutUrl(request.url);
  const reading = readPath(rawPath);
  const [, name = "", format = "", never, version] = QUERY.exec(query) ?? [];
  const preset = site.settings.presets.get(name);
  if (reading.kind === "bad" || preset === undefined || !isPresetFormat(format)) return { kind: "internal" };
  return {
    path: reading.path,
    versionedPath: version === undefined ? `/${rawPath}` : `/${rawPath}?${version}`,
    clientAddress: request.headers.get(CLIENT_FIELD),
    preset,
    format,
    mayStandIn: never === undefined,
  };
}

/** Turns an answer of `Presets` into the visitor's: with caching fields for this request, without those for the gateway. */
function dressed(inner: Response, { visit, wanted, access }: Asking): Response {
  const outcome = inner.headers.get(OUTCOME_FIELD);
  if (outcome !== null && inner.status === 404) return problemResponse(withoutOriginal(outcome), visit);
  const response = relayed(inner, visit, access);
  const { headers, status } = response;
  headers.delete(OUTCOME_FIELD);
  if (wanted.preset.format === "auto" && isServed(status)) addVaryField(headers, "Accept");
  return response;
}

/** The refusal when there is no result and the link does not open the original. */
function withoutOriginal(outcome: string): Rejection {
  const detail = "The image cannot be resized at the moment. Try again later.";
  switch (outcome) {
    case "for-now":
      return { kind: "unavailable", retryAfterSeconds: FOR_NOW_SECONDS, detail };
    case "shared":
      // The file was replaced between two requests to `Presets`.
      return { kind: "unavailable", retryAfterSeconds: 1, detail };
    default:
      return { kind: "forbidden", detail: "This link opens a preset, which cannot be made from this file." };
  }
}
