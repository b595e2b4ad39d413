import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type CorsOrigins, corsFields, preflightFields } from "../../src/access/cors.ts";
import { decideAccess, isOpenToAll } from "../../src/access/decide-access.ts";
import { decideFolderAccess } from "../../src/access/decide-folder-access.ts";
import { clientKey } from "../../src/access/limiter.ts";
import { refererAllowed } from "../../src/access/referer.ts";
import { createSignatureChecker } from "../../src/access/signed-url.ts";
import { canonicalPath, encodeFileName, fileNameFault, readPath } from "../../src/b2/file-name.ts";
import { readGalleryQuery } from "../../src/gallery/gallery-query.ts";
import { preferredImageTypes, prefersHtml, prefersHtmlToJson } from "../../src/http/accept.ts";
import { parseCacheControl, reduceLifetimes } from "../../src/http/cache-control.ts";
import { evaluatePreconditions, ifRangeHolds } from "../../src/http/conditional.ts";
import { withFileExtension } from "../../src/http/content-disposition.ts";
import { canRunScript } from "../../src/http/content-type.ts";
import { parseHttpDate } from "../../src/http/date.ts";
import { parseEntityTag, parseEntityTags } from "../../src/http/entity-tag.ts";
import { parseRange } from "../../src/http/range.ts";
import { cutUrl, locate, versionIn } from "../../src/locate.ts";
import { readSettings } from "../../src/settings.ts";
import { readPassword } from "../../src/sign-in/password.ts";
import { campaign } from "../campaign.ts";
import { expectLinear, type Parser } from "./expect-linear.ts";
import { SECRET } from "./run-sign.ts";

const UNITS = [" ", "\t", ",", ";", "=", '"', "\\", "/", ".", "-", "+", "*", "0", "9", "a", "%", "%41", "&", ":", "é"];
UNITS.push(", ", ' "', '"a",', 'W/"a" ', "a=", "a; ", ";q=0", ',a;q="', '=" ', "0-", "a/", "%2e/", "../", "+%20");
UNITS.push("%CC%81", "%CC%96%CC%81", "e\u0301", "\u0316\u0301", "山", "xn--a.", "exp=1&", "&sig=", "[::", "00:");
const TAILS = ["", "x", '"', ","];

const NOW = Date.now();
const VALIDATORS = { etag: '"v1"', lastModifiedAt: 0 };
const ORIGINS: CorsOrigins = { kind: "list", origins: ["https://good.example"] };
const SETTINGS = settingsOf({
  PRIVATE_PREFIXES: "private",
  URL_SIGNING_KEYS: `k1:${SECRET}`,
  IMAGE_PRESETS: { thumb: { width: 320 } },
  IMAGES: {},
});
const checkSignature = createSignatureChecker(SETTINGS.signingKeys);

const PARSERS: Parser[] = [
  { name: "prefersHtml", run: prefersHtml, heads: ["text/html,", "text/html;", 'text/html;a="'] },
  { name: "preferredImageTypes", run: preferredImageTypes, heads: ["image/webp,", "image/avif;q=", 'image/avif;a="'] },
  {
    name: "withFileExtension",
    run: (text) => withFileExtension(text, "webp"),
    heads: ["; filename=", '; filename="', ";filename*=", ";filename*=UTF-8''", '"; filename="'],
  },
  { name: "prefersHtmlToJson", run: prefersHtmlToJson, heads: ["text/html,"] },
  {
    name: "readPassword",
    run: (text) => readPassword(new Request("https://image.example.com/", { headers: { Authorization: text } })),
    heads: ["Bearer", "Bearer a", "Basic", "Basic a", "Basic a="],
    takesLatin1: true,
  },
  { name: "parseCacheControl", run: parseCacheControl, heads: ["a", 'a="', "max-age="] },
  { name: "reduceLifetimes", run: (text) => reduceLifetimes(text, 1), heads: ["max-age=", "s-maxage="] },
  { name: "canRunScript", run: canRunScript, heads: ["text/html"] },
  {
    name: "parseHttpDate",
    run: (text) => parseHttpDate(text, NOW),
    heads: ["Sun, 06 Nov 1994 08:49:37 ", "Sunday, ", "Sun Nov "],
  },
  { name: "parseEntityTag", run: parseEntityTag, heads: ['"', 'W/"'] },
  { name: "parseEntityTags", run: parseEntityTags, heads: ['"a",', '"a"', "*"] },
  { name: "parseRange", run: parseRange, heads: ["bytes=", "bytes=0-", "bytes=-"] },
  { name: "ifRangeHolds", run: (text) => ifRangeHolds(text, VALIDATORS, NOW), heads: ['"', "Sun, "] },
  ...["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"].map((field) => ({
    name: "evaluatePreconditions",
    run: (text: string) => evaluatePreconditions(new Headers({ [field]: text }), VALIDATORS, NOW),
    heads: ['"a",', "Sun, "],
    takesLatin1: true,
  })),
  { name: "refererAllowed", run: isGoodReferer, heads: ["https://", "https://good.example/", "https://xn--"] },
  { name: "corsFields", run: (text) => corsFields({ origins: ORIGINS, requestOrigin: text }) },
  { name: "preflightFields", run: (text) => preflightFields({ origins: ORIGINS, requestOrigin: text }) },
  { name: "clientKey", run: clientKey, heads: ["::ffff:", "2001:db8::"] },
  { name: "readPath", run: (text) => readPath(text), heads: ["a/"] },
  { name: "readPath", run: (text) => readPath(text, { plusIsSpace: true }) },
  { name: "fileNameFault", run: fileNameFault },
  { name: "encodeFileName", run: encodeFileName },
  { name: "canonicalPath", run: canonicalPath },
  { name: "versionIn", run: (text) => versionIn(text, { versionParameter: "v" }), heads: ["v=", "v=1&"] },
  { name: "cutUrl", run: cutUrl, heads: ["https://image.example.com/", "https://image.example.com/?"] },
  { name: "locate", run: (text) => locate(cutUrl(`https://image.example.com/${text}`), SETTINGS), heads: ["file/"] },
  {
    name: "locate",
    run: (text) => locate(cutUrl(`https://image.example.com/cat.jpg?${text}`), SETTINGS),
    heads: ["preset=", "preset=thumb&"],
  },
  // A path that cannot be a file's name goes no further than this.
  { name: "isOpenToAll", run: isOpenPath, heads: ["private/", "file/images/private/"] },
  { name: "decideAccess", run: decideOnPath, heads: ["private/", "file/images/private/"] },
  { name: "decideFolderAccess", run: decideOnFolder, heads: ["exp=1&kid=k1&sig=", "after="] },
  { name: "readGalleryQuery", run: (text) => readGalleryQuery(text, "a/"), heads: ["after=", "after=a&format="] },
  { name: "createSignatureChecker", run: checkQuery, heads: ["exp=1&kid=k1&sig=", "exp=", "kid="] },
];

it.each(PARSERS)("$name takes double the time for double the length", { timeout: 120_000 }, async (parser) => {
  const units = sampleOf(parser.takesLatin1 ? UNITS.filter(isLatin1) : UNITS);
  for (const head of ["", ...(parser.heads ?? [])])
    for (const unit of units) for (const tail of TAILS) await expectLinear(parser, { head, unit, tail });
});

it("every parser of what a client sends is measured", () => {
  const measured = PARSERS.map(({ name }) => name);
  const files = [
    ...filesOf("http"),
    ...filesOf("access"),
    "b2/file-name.ts",
    "locate.ts",
    "gallery/gallery-query.ts",
    "sign-in/password.ts",
  ];
  const exported = files.flatMap((file) =>
    [...readSource(file).matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name = ""]) => name),
  );
  const missing = exported.filter((name) => !measured.includes(name) && !NO_TEXT_OF_A_CLIENT.includes(name));
  expect(missing).toEqual([]);
});

/** They read what is ours, the owner's or already checked, or what was measured with another function. */
const NO_TEXT_OF_A_CLIENT = [
  ...["formatHttpDate", "formatRange", "resolveRange", "strongMatch", "weakMatch", "dropContent"],
  ...["parseCorsOrigins", "parseFolderList", "parseListedPrefixes", "parseRefererRules", "parseSigningKeys"],
  ...[
    "overLimit",
    "refusalByLimit",
    "hasGoodReferer",
    "isPrivate",
    "isUnder",
    "isListed",
    "isHidden",
    "hasOwnCacheKey",
    "isCrossSiteEmbed",
  ],
  ...["signaturePayload", "signUrl", "createSigner", "rulesInForce", "hostOf", "withoutLastDot", "secondsOf"],
  ...["withQuery", "formatGalleryQuery", "clientAddress"],
];

/** Others for each parser and time: in the end all of them. */
function sampleOf(units: string[]): string[] {
  const count = campaign(units.length);
  return fc.sample(fc.shuffledSubarray(units, { minLength: count, maxLength: count }), 1).flat();
}

function isLatin1(text: string): boolean {
  return [...text].every((character) => character.charCodeAt(0) <= 0xff);
}

function isGoodReferer(referer: string): boolean {
  const rules = [{ host: "good.example", subdomains: true }];
  return refererAllowed({ referer, ownHost: "image.example.com", rules, allowEmpty: true });
}

function isOpenPath(path: string): unknown {
  const target = locate(cutUrl(`https://image.example.com/${path}`), SETTINGS);
  return target.kind === "target" ? isOpenToAll(target.path, SETTINGS) : target;
}

async function decideOnPath(path: string): Promise<unknown> {
  const target = locate(cutUrl(`https://image.example.com/${path}`), SETTINGS);
  if (target.kind !== "target") return target;
  const request = new Request("https://image.example.com/");
  return await decideAccess({ file: target, settings: SETTINGS, request, now: 0, checkSignature });
}

async function decideOnFolder(query: string): Promise<unknown> {
  const folder = { path: "private/", canonicalPath: "/private/", query };
  return await decideFolderAccess({ ...folder, settings: SETTINGS, now: 0, checkSignature });
}

async function checkQuery(query: string): Promise<unknown> {
  return await checkSignature({ canonicalPath: "/a", preset: "", query: new URLSearchParams(query), now: 0 });
}

function settingsOf(vars: Record<string, unknown>) {
  const TOKENS = { get: async () => null, put: async () => undefined };
  const reading = readSettings({ TOKENS, B2_APPLICATION_KEY_ID: "id", B2_APPLICATION_KEY: "key", ...vars });
  if (reading.kind === "problems") throw new Error(JSON.stringify(reading.problems));
  return reading.settings;
}

function filesOf(folder: string): string[] {
  return readdirSync(join(import.meta.dirname, "../../src", folder)).map((file) => `${folder}/${file}`);
}

function readSource(file: string): string {
  return readFileSync(join(import.meta.dirname, "../../src", file), "utf8");
}
