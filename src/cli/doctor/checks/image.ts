import type { StoredFile } from "../../../b2/stored-file.ts";
import { fileCaching } from "../../../respond/caching.ts";
import { type Finding, note, ok, unknown, wrong } from "../../finding.ts";
import { type Examination, isChecked, type KnownFile, type Shown } from "../examination.ts";
import { type Answer, cacheStatus, isWithoutCache, NO_CACHE_HERE } from "../site-client.ts";

/** A file whose uploader set no caching. */
const PLAIN_FILE: StoredFile = {
  etag: "",
  lastModifiedAt: undefined,
  cacheControl: null,
  sha1: undefined,
  uploadTimestamp: null,
};

/** When to look again at a cache that has not stored the image yet. */
const SECOND_LOOK_AFTER_MS = 1_500;

/** Checks that an image arrives whole, and is the same that B2 holds. */
export async function checkImage(
  { client }: Examination,
  file: KnownFile,
): Promise<{ finding: Finding; shown?: Shown }> {
  const answer = await client.ask(file.canonicalPath);
  const fault = imageFault(answer, file);
  if (fault !== undefined) return { finding: wrong("picture", `${file.canonicalPath}: ${fault.text}`, fault.advice) };
  const same = file.stored === undefined ? "" : ", just as B2 has it";
  const text = `${file.canonicalPath} is ${answer.headers.get("Content-Type")}, ${answer.body.length} bytes${same}.`;
  return { finding: ok("picture", text), shown: { file, answer } };
}

/** Checks that Cloudflare answers from its cache once it has an image. */
export async function checkCache(examination: Examination, { file }: Shown): Promise<Finding> {
  if (isChecked(examination)) {
    return unknown("cache", "Hotlink protection checks every request, so no cache stands in front of the check.");
  }
  const { client } = examination;
  let answer = await client.ask(file.canonicalPath);
  if (cacheStatus(answer) !== "HIT" && cacheStatus(answer) !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_AFTER_MS));
    answer = await client.ask(file.canonicalPath);
  }
  const status = cacheStatus(answer);
  if (status === "HIT") return ok("cache", "The second request was answered by Cloudflare's cache (HIT).");
  if (isWithoutCache(answer, client)) return unknown("cache", NO_CACHE_HERE);
  if (status === undefined) {
    return wrong(
      "cache",
      "No Cf-Cache-Status comes with the picture: no cache of Cloudflare is in front.",
      CACHE_ADVICE,
    );
  }
  return wrong(
    "cache",
    `Cloudflare's cache does not keep the picture (${status}): every view is a download.`,
    CACHE_ADVICE,
  );
}

const CACHE_ADVICE =
  "Does wrangler.toml say [cache] enabled = true, with no cache switched off under [exports], and was it deployed since?";

/** Checks that `Cache-Control` reaches browsers as the Worker sends it. */
export async function checkBrowserCaching(examination: Examination, { file, answer }: Shown): Promise<Finding> {
  const { settings } = examination;
  const seen = answer.headers.get("Cache-Control") ?? "nothing";
  if (settings === undefined)
    return unknown("cache-control", `It is «${seen}»; there are no settings here to compare it with.`);
  const checkedOk = isChecked(examination) && /^private, max-age=\d+(?:, immutable)?$/.test(seen);
  const { "Cache-Control": wanted } = fileCaching(file.stored ?? PLAIN_FILE, undefined, settings);
  if (checkedOk || seen === wanted) return ok("cache-control", `Browsers are told «${seen}», as the Worker sends it.`);
  if (file.stored === undefined) {
    return note(
      "cache-control",
      `Browsers are told «${seen}» instead of «${wanted}».`,
      "The file may have a Cache-Control of its own.",
    );
  }
  return wrong(
    "cache-control",
    `Browsers are told «${seen}» instead of «${wanted}».`,
    "Set Caching → Browser Cache TTL of the zone to «Respect Existing Headers», and deploy wrangler.toml as it is here.",
  );
}

function imageFault(answer: Answer, { stored }: KnownFile): { text: string; advice: string } | undefined {
  const { status, headers, body } = answer;
  const type = headers.get("Content-Type") ?? "no type";
  if (headers.get("Cf-Mitigated") === "challenge") {
    return { text: "Cloudflare shows a challenge.", advice: "Except this host from it: no <img> can pass one." };
  }
  if (status !== 200)
    return {
      text: `it answers ${status}.`,
      advice: STATUS_ADVICE[status] ?? "The log has the cause: npx wrangler tail.",
    };
  if (!/^(?:image|video)\//.test(type)) {
    return {
      text: `it is ${type}, no picture.`,
      advice: "Name a picture with --path, or upload it again with its type.",
    };
  }
  const length = headers.get("Content-Length");
  if (length === null || Number(length) !== body.length) {
    return {
      text: `Content-Length is ${length ?? "missing"} and ${body.length} bytes came.`,
      advice: "Something on the way changes the picture: switch Polish, Mirage and the like off.",
    };
  }
  if (stored !== undefined && stored.completeLength !== body.length) {
    return {
      text: `${body.length} bytes came, and B2 has ${stored.completeLength}.`,
      advice: "Something on the way changes the picture, or an older one is still cached.",
    };
  }
  const etag = headers.get("ETag");
  if (etag === null)
    return {
      text: "it has no ETag.",
      advice: "Something on the way takes it out: browsers would fetch the picture anew each time.",
    };
  if (stored !== undefined && etag !== stored.etag) {
    return {
      text: `its ETag is ${etag}, and that of B2's file is ${stored.etag}.`,
      advice: "An older picture of that name is still cached, or something on the way changes it.",
    };
  }
  return undefined;
}

const STATUS_ADVICE: Record<number, string> = {
  403: "Is it in a private folder, or does hotlink protection or a rule of the zone refuse it?",
  404: "Is the name right, and does B2_FILE_NAME_PREFIX fit?",
  500: "A setting does not parse: /-/health names it.",
  502: "B2 refuses the Worker: the log names the right that is missing (npx wrangler tail).",
  503: "B2 or its token is away: /-/health and the log say why (npx wrangler tail).",
};
