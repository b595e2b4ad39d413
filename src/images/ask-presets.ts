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
 * What an address of `Presets` has behind the path, and the version of the file behind that. The names have a dot, which that
 * of a version cannot have.
 */
const QUERY = /^\.preset=([\w-]+)&\.format=(\w+)(&\.original=never)?(?:&(.+))?$/;

/** One result: the file, its preset, its format. It is cached under just these. */
export interface AskedPreset {
  /** The path in the bucket, without the prefix of the settings. */
  path: string;
  /** What `Images` has the original under. */
  versionedPath: string;
  clientAddress: string | null;
  preset: Preset;
  format: PresetFormat;
  /** Whether the original may be given where there is no result. */
  mayStandIn: boolean;
}

export interface WantedPreset {
  versionedPath: string;
  preset: Preset;
}

/** Why a preset was let through. A link to a preset must never open the original. */
export interface PresetAccess extends Checked {
  bySignature: boolean;
}

/** Asks the `Presets` entrypoint, through its cache, for the first format of a preset that suits the image. */
export async function askPresets(visit: Visit, wanted: WantedPreset, access?: PresetAccess): Promise<Response> {
  const [first, ...others] = formatsFor(wanted.preset, visit.request.headers.get("Accept"));
  let inner = await askFor(first, visit, wanted, access);
  for (let next = nextFormat(inner, others); next !== undefined; next = nextFormat(inner, others)) {
    await dropContent(inner);
    inner = await askFor(next, visit, wanted, access);
  }
  return dressed(inner, visit, wanted.preset, access);
}

/** What to ask for after an answer that is none: the format that it names, or else the first of the others. */
function nextFormat(inner: Response, others: PresetFormat[]): PresetFormat | undefined {
  const outcome = inner.headers.get(OUTCOME_FIELD) ?? "";
  if (outcome === "unsuitable") return others.shift();
  return isPresetFormat(outcome) ? outcome : undefined;
}

async function askFor(format: PresetFormat, visit: Visit, wanted: WantedPreset, access?: PresetAccess) {
  const [path, version] = wanted.versionedPath.split("?");
  const query = [`.preset=${wanted.preset.name}`, `.format=${format}`];
  if (access?.bySignature) query.push(".original=never");
  if (version !== undefined) query.push(version);
  return await visit.exports.Presets.fetch(forwardedRequest(visit, `${path}?${query.join("&")}`));
}

/** The other half: what `askPresets` asks for. */
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

/** An answer of `Presets` for the visitor: with what its caches may do, and without what only the gateway reads. */
function dressed(inner: Response, visit: Visit, preset: Preset, access: PresetAccess | undefined): Response {
  const outcome = inner.headers.get(OUTCOME_FIELD);
  if (outcome !== null && inner.status === 404) return problemResponse(withoutOriginal(outcome), visit);
  const response = relayed(inner, visit, access);
  const { headers, status } = response;
  headers.delete(OUTCOME_FIELD);
  if (preset.format === "auto" && isServed(status)) addVaryField(headers, "Accept");
  return response;
}

/** There is no result, and the link does not open the original. */
function withoutOriginal(outcome: string): Rejection {
  return outcome === "for-now"
    ? {
        kind: "unavailable",
        retryAfterSeconds: FOR_NOW_SECONDS,
        detail: "The image cannot be made smaller now. Try again later.",
      }
    : { kind: "forbidden", detail: "This link opens a preset of an image, and it cannot be made of this file." };
}
