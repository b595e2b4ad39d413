import { readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { signUrl } from "../../src/access/signed-url.ts";
import { canonicalPath } from "../../src/b2/file-name.ts";
import type { Bundle } from "./bundle.ts";
import { CACHED_ENTRYPOINTS } from "./cached-entrypoints.ts";
import type { Origin } from "./origin-process.ts";
import { SIZES, type Size } from "./sizes.ts";
import { startWorkerd, type WorkerdProcess } from "./workerd-process.ts";

export type ContenderName =
  | "pass-through"
  | "pass-through, again"
  | "classic"
  | "sigv4"
  | "this"
  | "this, ?x=1"
  | "this, ?x=1, Images from its cache"
  | "this, signed"
  | "this, signed, Images from its cache"
  | "this, preset from the cache of Presets";

/** One way to ask one Worker for the files. */
export interface Contender {
  name: ContenderName;
  workerd: WorkerdProcess;
  sizes: readonly Size[];
  /** The path and query for a file. */
  pathOf(size: Size): string;
}

const SIGNING_KEY = { id: "bench", secret: "a-secret-of-the-bench-only" };
const PRIVATE_PREFIX = "private";
/** What is measured to understand the other rows: two sizes are enough. */
const SOME_SIZES = SIZES.filter(({ label }) => label === "4k" || label === "100k");

export const WORKER_VARS = { B2_APPLICATION_KEY_ID: "bench-key-id", B2_APPLICATION_KEY: "bench-key" };

/** Starts a process for each Worker that is compared. */
export async function startContenders(bundle: Bundle, origin: Origin): Promise<Contender[]> {
  const start = (modules: { name: string; text: string }[], vars: Record<string, string> = {}) =>
    startWorkerd({ ...bundle, ...origin, modules, vars });
  const own = [{ name: "index.js", text: bundle.text }];
  const cached = [
    { name: "index.js", text: CACHED_ENTRYPOINTS },
    { name: "worker.js", text: bundle.text },
  ];
  const vars = { ...WORKER_VARS, B2_API_URL: `http://127.0.0.1:${origin.b2Port}` };
  const privateVars = {
    PRIVATE_PREFIXES: PRIVATE_PREFIX,
    URL_SIGNING_KEYS: `${SIGNING_KEY.id}:${SIGNING_KEY.secret}`,
  };
  const [passThrough, again, classic, sigv4, plain, foreign, signed, plainCached, signedCached, presets] =
    await Promise.all([
      start(comparator("pass-through")),
      start(comparator("pass-through")),
      start(comparator("classic")),
      start([...comparator("sigv4"), aws4fetch()]),
      start(own, vars),
      // A process of its own: a process keeps the memory that its dearest row took.
      start(own, vars),
      start(own, { ...vars, ...privateVars }),
      start(cached, vars),
      start(cached, { ...vars, ...privateVars }),
      start(cached, { ...vars, IMAGE_PRESETS: JSON.stringify({ thumb: { width: 320 } }) }),
    ]);
  const links = await signLinks();
  const byName = ({ fileName }: Size) => `/photos/${fileName}`;
  const withQuery = (size: Size) => `${byName(size)}?x=1`;
  const withPreset = (size: Size) => `${byName(size)}?preset=thumb`;
  const byLink = ({ fileName }: Size) => links.get(fileName) ?? "";
  return [
    { name: "pass-through", workerd: passThrough, sizes: SIZES, pathOf: byName },
    { name: "pass-through, again", workerd: again, sizes: SOME_SIZES, pathOf: byName },
    { name: "classic", workerd: classic, sizes: SIZES, pathOf: byName },
    { name: "sigv4", workerd: sigv4, sizes: SIZES, pathOf: byName },
    { name: "this", workerd: plain, sizes: SIZES, pathOf: byName },
    { name: "this, ?x=1", workerd: foreign, sizes: SOME_SIZES, pathOf: withQuery },
    { name: "this, ?x=1, Images from its cache", workerd: plainCached, sizes: SOME_SIZES, pathOf: withQuery },
    { name: "this, signed", workerd: signed, sizes: SOME_SIZES, pathOf: byLink },
    { name: "this, signed, Images from its cache", workerd: signedCached, sizes: SOME_SIZES, pathOf: byLink },
    { name: "this, preset from the cache of Presets", workerd: presets, sizes: SOME_SIZES, pathOf: withPreset },
  ];
}

/** The Worker alone, for what is measured from its start on. */
export async function startOwn(bundle: Bundle, origin: Origin, { inspector = false } = {}): Promise<WorkerdProcess> {
  const vars = { ...WORKER_VARS, B2_API_URL: `http://127.0.0.1:${origin.b2Port}` };
  return await startWorkerd({
    ...bundle,
    ...origin,
    modules: [{ name: "index.js", text: bundle.text }],
    vars,
    inspector,
  });
}

export async function startPassThrough(bundle: Bundle, origin: Origin): Promise<WorkerdProcess> {
  return await startWorkerd({ ...bundle, ...origin, modules: comparator("pass-through"), vars: {} });
}

function comparator(name: string): { name: string; text: string }[] {
  const file = fileURLToPath(new URL(`comparators/${name}.ts`, import.meta.url));
  return [{ name: "index.js", text: stripTypeScriptTypes(readFileSync(file, "utf8")) }];
}

function aws4fetch(): { name: string; text: string } {
  const file = createRequire(import.meta.url)
    .resolve("aws4fetch")
    .replace(/[^/\\]+$/, "aws4fetch.esm.mjs");
  return { name: "aws4fetch", text: readFileSync(file, "utf8") };
}

async function signLinks(): Promise<Map<string, string>> {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + 3600;
  const links = new Map<string, string>();
  for (const { fileName } of SOME_SIZES) {
    const part = { canonicalPath: canonicalPath(`${PRIVATE_PREFIX}/${fileName}`), preset: "", expiresAtSeconds };
    const url = new URL(await signUrl({ ...part, baseUrl: "http://127.0.0.1", key: SIGNING_KEY }));
    links.set(fileName, url.pathname + url.search);
  }
  return links;
}
