import { existsSync, readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { parseSigningKeys, type SigningKey, signUrl } from "../access/signed-url.ts";
import { canonicalPath, fileNameFault, readPath } from "../b2/file-name.ts";

const HELP = `Prints a link to a private file or folder: npm run sign -- PATH [options]

  PATH               as visitors ask for it, in plain letters: a file such as "/private/red cat.jpg", or with a slash
                     at its end a folder such as "/clients/2026/", whose gallery it opens, and everything in it
  --expires TIME     how long the link works: 90s, 15m, 12h, 7d (1h)
  --base-url URL     your site, such as https://image.example.com (http://localhost:8787)
  --preset NAME      an image preset, of a file

The first key of URL_SIGNING_KEYS signs: from the environment, or from the file .dev.vars of this folder.`;

const OPTIONS = {
  expires: { type: "string", default: "1h" },
  "base-url": { type: "string", default: "http://localhost:8787" },
  preset: { type: "string", default: "" },
  help: { type: "boolean", default: false },
} as const;
const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };
/** Longer links are as good as public ones. */
const LONGEST_SECONDS = 366 * 86_400;

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) return console.log(HELP);
  const [path, second] = positionals;
  if (path === undefined || path === "" || second !== undefined) {
    throw new Error("One path is needed, in quotes when it has spaces: npm run sign -- /private/cat.jpg --expires 1h");
  }
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + secondsOf(values.expires);
  const part = { canonicalPath: canonicalOf(path), preset: values.preset, expiresAtSeconds };
  if (values.preset !== "" && part.canonicalPath.endsWith("/"))
    throw new Error("--preset is for a link to one file; the page of a folder chooses its own.");
  console.log(await signUrl({ baseUrl: originOf(values["base-url"]), key: firstKey(), ...part }));
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch (error) {
    // Node goes on about dashes for several lines.
    const [what = ""] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    throw new Error(`${what.replace(/\.$/, "")}; npm run sign -- --help shows what there is.`);
  }
}

function secondsOf(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const seconds = match === null ? 0 : Number(match[1]) * (UNIT_SECONDS[match[2] ?? ""] ?? 0);
  if (seconds < 1 || seconds > LONGEST_SECONDS)
    throw new Error("--expires must be a time from 1s to 366d, such as 90s, 15m, 12h or 7d.");
  return seconds;
}

function canonicalOf(path: string): string {
  if (/^https?:/i.test(path))
    throw new Error("The path stands alone, such as /private/cat.jpg: the site is --base-url.");
  const name = path.replace(/^\//, "");
  // That is the form of B2's own links: the Worker would read another path, and check that one.
  if (/^file\/[^/]+\//.test(name)) throw new Error("The path is needed without /file/BUCKET in front.");
  const reading = readPath(encodeURI(name).replace(/[?#]/g, encodeURIComponent));
  const fault = reading.kind === "bad" ? reading.detail : fileNameFault(name.replace(/\/$/, ""));
  if (fault !== undefined) throw new Error(`${path}: ${fault}`);
  return canonicalPath(name);
}

function originOf(text: string): string {
  const url = URL.parse(text);
  // The whole address: a user, a query or a fragment would silently be lost.
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new Error("--base-url must be your site without a path, such as https://image.example.com.");
  }
  return url.origin;
}

function firstKey(): SigningKey {
  // An empty variable is as good as none.
  const text =
    process.env.URL_SIGNING_KEYS ||
    (existsSync(".dev.vars") ? parseEnv(readFileSync(".dev.vars", "utf8")).URL_SIGNING_KEYS : undefined);
  if (text === undefined || text.trim() === "")
    throw new Error("URL_SIGNING_KEYS is not set, neither in the environment nor in .dev.vars.");
  const keys = parseSigningKeys(text);
  if ("problem" in keys) throw new Error(`URL_SIGNING_KEYS must hold ${keys.problem}.`);
  const [first] = keys;
  if (first === undefined) throw new Error("URL_SIGNING_KEYS has no key.");
  return first;
}
