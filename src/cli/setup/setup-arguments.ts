import { readArguments, UsageError } from "../command.ts";
import { readFilePath } from "../sign/read-target.ts";
import { readOrigin } from "../site-url.ts";

export const SETUP_HELP = `Sets the Worker up for your bucket and domain: npm run setup -- [options]

It asks for what no option says, tries the key at B2, shows what it would write, and then deploys and examines the site.

  --key-id ID       the key id
  --key-file FILE   a file with the key alone, or - for the standard input (a key on the command line would be seen)
  --import FILE     bucket, key and domain from the settings file of the old Python updater
  --bucket NAME     the bucket
  --prefix TEXT     serve only names that begin with this, such as photos/ ("" for all)
  --domain HOST     your domain, such as image.example.com: Cloudflare makes its DNS record
  --workers-dev     no domain: the address under workers.dev
  --name NAME       the Worker's name (the one in wrangler.toml)
  --deploy          deploy afterwards
  --no-deploy       only write the files
  --dry-run         write the files and do everything else but the upload
  --url URL         the address to examine, when it is another one than the domain or what Wrangler tells
  --path PATH       a picture to try (the first one of the bucket, if the key may list files)
  --wait SECONDS    how long to wait for a new domain at most (300)
  --yes             ask nothing: yes to every question, and an option for every value that is not known
  --help            this text

The key comes from --key-file, --import, .dev.vars, or the environment: B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY.
It writes wrangler.toml and .dev.vars, and nothing when you say no or press Ctrl-C.
The exit code is 0 when all is well, 1 when something is wrong, 2 when an option is missing or wrong, 130 after Ctrl-C.`;

export interface SetupArguments {
  help: boolean;
  yes: boolean;
  keyId: string | undefined;
  keyFile: string | undefined;
  importFile: string | undefined;
  bucketName: string | undefined;
  fileNamePrefix: string | undefined;
  /** `null`: the Worker has its workers.dev address. */
  domain: string | null | undefined;
  workerName: string | undefined;
  deploy: boolean | undefined;
  dryRun: boolean;
  url: string | undefined;
  /** The decoded path in the bucket. */
  path: string | undefined;
  waitSeconds: number;
}

const LONGEST_WAIT_SECONDS = 3_600;

/** Parses the command line of `npm run setup`. Throws `UsageError`. */
export function readSetupArguments(args: string[]): SetupArguments {
  const { values } = readArguments("setup", {
    args,
    allowNegative: true,
    options: {
      "key-id": { type: "string" },
      "key-file": { type: "string" },
      import: { type: "string" },
      bucket: { type: "string" },
      prefix: { type: "string" },
      domain: { type: "string" },
      "workers-dev": { type: "boolean", default: false },
      name: { type: "string" },
      deploy: { type: "boolean" },
      "dry-run": { type: "boolean", default: false },
      url: { type: "string" },
      path: { type: "string" },
      wait: { type: "string", default: "300" },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values["workers-dev"] && values.domain !== undefined) {
    throw new UsageError("--domain and --workers-dev do not go together.");
  }
  return {
    help: values.help,
    yes: values.yes,
    keyId: values["key-id"],
    keyFile: values["key-file"],
    importFile: values.import,
    bucketName: values.bucket,
    fileNamePrefix: values.prefix,
    domain: values["workers-dev"] ? null : checkedBy("--domain", values.domain, domainFault),
    workerName: checkedBy("--name", values.name, workerNameFault),
    deploy: values["dry-run"] ? true : values.deploy,
    dryRun: values["dry-run"],
    url: values.url === undefined ? undefined : readOrigin("--url", values.url),
    path: values.path === undefined ? undefined : readFilePath("--path", values.path),
    waitSeconds: secondsOf(values.wait),
  };
}

/** Why a text cannot be the host name of a custom domain; undefined when it can. */
export function domainFault(text: string): string | undefined {
  const host = URL.parse(`https://${text}`)?.hostname;
  const isHost = host === text && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(text) && !/\.\d+$/.test(text);
  return isHost
    ? undefined
    : "must be a host name in lower-case letters, such as image.example.com, without https:// and path.";
}

function workerNameFault(text: string): string | undefined {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
    ? undefined
    : "must be 1 to 63 lower-case letters, digits and hyphens.";
}

function checkedBy(
  flag: string,
  text: string | undefined,
  faultOf: (text: string) => string | undefined,
): string | undefined {
  const fault = text === undefined ? undefined : faultOf(text);
  if (fault !== undefined) throw new UsageError(`${flag} ${fault}`);
  return text;
}

function secondsOf(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= LONGEST_WAIT_SECONDS))
    throw new UsageError(`--wait must be a number of seconds from 0 to ${LONGEST_WAIT_SECONDS}.`);
  return seconds;
}
