import { CLIENT_FIELD } from "../access/client-address.ts";
import { readPath } from "../b2/file-name.ts";
import { dropContent } from "../http/drop-content.ts";
import { cutUrl } from "../locate.ts";
import type { Preset } from "../preset.ts";
import type { Rejection } from "../rejection.ts";
import { FOR_NOW_SECONDS, OUTCOME_FIELD } from "../respond/preset-response.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import { forwardedRequest } from "./ask-images.ts";
import { formatsFor, isPresetFormat, type PresetFormat } from "./preset-format.ts";
import { addVaryField, type Checked, isServed, relayed } from "./relay.ts";

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

/** Asks the `Presets` entrypoint, through its cache, for the first format of a preset that suits the image. */
export async function askPresets(visit: Visit, wanted: WantedPreset, access?: PresetAccess): Promise<Response> {
  const [first, ...others] = formatsFor(wanted.preset, visit.request.headers.get("Accept"));
  const asking = { visit, wanted, access };
  let inner = await askFor(first, asking);
  for (let next = nextFormat(inner, others); next !== undefined; next = nextFormat(inner, others)) {
    await dropContent(inner);
    inner = await askFor(next, asking);
  }
  return dressed(inner, asking);
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
  return outcome === "for-now"
    ? {
        kind: "unavailable",
        retryAfterSeconds: FOR_NOW_SECONDS,
        detail: "The image cannot be resized at the moment. Try again later.",
      }
    : { kind: "forbidden", detail: "This link opens a preset, which cannot be made from this file." };
}
