import { signUrl } from "../access/signed-url.ts";
import { environmentOfShell, readArguments, runCommand, UsageError } from "./command.ts";
import { notesOnLink, readSignedSite, type SignedSite } from "./sign/read-site.ts";
import { readLinkTarget } from "./sign/read-target.ts";
import { withVersion } from "./sign/with-version.ts";
import { readOrigin } from "./site-url.ts";

const HELP = `Prints a link to a private file or folder: npm run sign -- PATH [options]

  PATH               as visitors ask for it: a file such as "/private/red cat.jpg", or with a slash at its end a
                     folder such as "/clients/2026/", whose gallery it opens, and everything in it
  --expires TIME     how long the link works: 90s, 15m, 12h, 7d (1h)
  --base-url URL     your site, such as https://image.example.com (the domain of wrangler.toml)
  --preset NAME      an image preset of IMAGE_PRESETS, of a file
  --version VALUE    a version of the file, where wrangler.toml sets VERSION_PARAMETER
  --env NAME         the site of [env.NAME] in wrangler.toml
  --help             this text

The first key of URL_SIGNING_KEYS signs: from the environment, or from the file .dev.vars of this folder.
The link alone goes to the standard output. The exit code is 2 when the command line is wrong.`;

const OPTIONS = {
  expires: { type: "string", default: "1h" },
  "base-url": { type: "string" },
  preset: { type: "string", default: "" },
  version: { type: "string" },
  env: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;
const LOCAL_SITE = "http://localhost:8787";
const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };
/** A year: a link that is valid for longer might as well be public. */
const LONGEST_SECONDS = 366 * 86_400;

/** The site that a link leads to, and a note on how it was chosen when no option names it. */
interface Base {
  origin: string;
  note?: string;
}

await runCommand(run);

async function run(): Promise<number> {
  const { values, positionals } = readArguments("sign", { allowPositionals: true, options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [text, second] = positionals;
  if (text === undefined || text === "" || second !== undefined) {
    throw new UsageError(
      "One path is needed, in quotes when it has spaces: npm run sign -- /private/cat.jpg --expires 1h",
    );
  }
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + secondsOf(values.expires);
  const target = readLinkTarget(text);
  if (values.preset !== "" && target.canonicalPath.endsWith("/")) {
    throw new UsageError("--preset is for a link to one file; the page of a folder chooses its own.");
  }
  const given = values["base-url"];
  const origin = given === undefined ? undefined : readOrigin("--base-url", given);
  const site = readSignedSite(values.env ?? environmentOfShell());
  const { preset } = values;
  const base: Base = origin === undefined ? knownBase(site) : { origin };
  const canonicalPath = withVersion(target.canonicalPath, values.version, site.settings);
  const link = { canonicalPath, preset, expiresAtSeconds };
  for (const note of [base.note, site.note, target.note, ...notesOnLink(site, { path: target.path, preset })]) {
    if (note !== undefined) console.error(`Note: ${note}`);
  }
  console.log(await signUrl({ baseUrl: base.origin, key: site.key, ...link }));
  return 0;
}

function secondsOf(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const seconds = match === null ? 0 : Number(match[1]) * (UNIT_SECONDS[match[2] ?? ""] ?? 0);
  if (seconds < 1 || seconds > LONGEST_SECONDS)
    throw new UsageError("--expires must be a time from 1s to 366d, such as 90s, 15m, 12h or 7d.");
  return seconds;
}

/** The site in wrangler.toml, if there is just one; else the one that `npm start` runs on this machine. */
function knownBase({ config }: SignedSite): Base {
  const [domain, another] = config?.domains ?? [];
  if (domain !== undefined && another === undefined) {
    return {
      origin: `https://${domain}`,
      note: `The link is for ${domain}, the domain of wrangler.toml. Another: --base-url.`,
    };
  }
  return {
    origin: LOCAL_SITE,
    note: "The link opens on this machine alone. For your site add --base-url https://image.example.com.",
  };
}
