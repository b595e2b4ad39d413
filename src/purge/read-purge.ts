import * as v from "valibot";
import type { Purge } from "./purge-queue.ts";
import { type Places, targetOfPath, targetOfPrefix } from "./purge-target.ts";

/** Ten full calls for each cache. More would exceed Cloudflare's limit, and is better purged by prefix. */
const MOST_PATHS = 1_000;

/** An owner's wish to purge files, every path with a prefix, or everything. */
export type PurgeWish = { paths: string[] } | { prefix: string } | { everything: true };

const EXPECTED =
  'one of {"paths": ["photos/cat.jpg"]}, {"prefix": "photos/"} and {"everything": true}, as JSON, or a form with one of these fields';

const wishSchema = v.union([
  v.strictObject({ paths: v.pipe(v.array(v.string()), v.minLength(1)) }),
  v.strictObject({ prefix: v.string() }),
  v.strictObject({ everything: v.literal(true) }),
]);

/** Reads the content of `POST /-/purge`. A problem is a sentence for the owner. */
export async function readWish(request: Request): Promise<PurgeWish | { problem: string }> {
  const text = await request.text();
  // The Content-Type does not decide: curl's `-d` calls everything a form.
  const given = /^\s*\{/.test(text) ? parseJson(text) : readForm(new URLSearchParams(text));
  const wish = v.safeParse(wishSchema, given);
  if (!wish.success) return { problem: `The content must be ${EXPECTED}.` };
  const count = "paths" in wish.output ? wish.output.paths.length : 1;
  if (count <= MOST_PATHS) return wish.output;
  return { problem: `${count} paths are too many for one purge: ${MOST_PATHS} at most, or a prefix, or everything.` };
}

/** The purges that carry out an owner's wish; or a problem, a sentence for the owner. */
export function purgesOfWish(wish: PurgeWish, places: Places): Purge[] | { problem: string } {
  if ("everything" in wish) {
    return [{ id: "everything", tags: [], pathPrefixes: [], everything: true, isEvent: false }];
  }
  const isPrefix = "prefix" in wish;
  const purges: Purge[] = [];
  for (const text of isPrefix ? [wish.prefix] : wish.paths) {
    const target = isPrefix ? targetOfPrefix(text, places) : targetOfPath(text, places);
    if (target === undefined) return { problem: problemOf(text, isPrefix) };
    purges.push({ ...target, id: `${isPrefix ? "prefix" : "path"} ${text}`, everything: false, isEvent: false });
  }
  return purges;
}

function problemOf(text: string, isPrefix: boolean): string {
  if (isPrefix && /^\/?$/.test(text)) return "An empty prefix would purge everything: ask for everything instead.";
  return `«${text}» is not the ${isPrefix ? "beginning of a path" : "path of a file"} that can be served here.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a form. It has no lists, so `paths` has one path per line. */
function readForm(form: URLSearchParams): unknown {
  const fields = [...form].map(([name, value]) => [name, value.trim()] as const).filter(([, value]) => value !== "");
  return Object.fromEntries(
    fields.map(([name, value]) => {
      if (name === "paths") return [name, linesOf(value)];
      return [name, name === "everything" ? value === "true" : value];
    }),
  );
}

function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "");
}
