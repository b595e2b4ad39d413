import { isSecureUrl } from "../../b2/service-url.ts";
import { environmentOfShell, readArguments, UsageError } from "../command.ts";
import { readFilePath } from "../sign/read-target.ts";
import { readOrigin } from "../site-url.ts";
import { MOST_REQUESTS } from "./requests.ts";

export const DOCTOR_HELP = `Examines the key and the deployed site: npm run doctor -- [options]

  --url URL            the site, such as https://image.example.com (the domain of wrangler.toml)
  --path PATH          a picture of it (the first one of the bucket, if the key may list files)
  --private-path PATH  a file of a private folder, for signed links
  --other-url URL      another address of the same site
  --env NAME           the site of [env.NAME] in wrangler.toml
  --json               one JSON object instead of lines
  --help               this text

It makes at most ${MOST_REQUESTS} requests, to B2 and the site together, and changes nothing.
The exit code is 0 when nothing is wrong, 1 when something is, and 2 when the command line is wrong.`;

export interface DoctorArguments {
  help: boolean;
  json: boolean;
  environment: string | undefined;
  origin: string | undefined;
  otherOrigin: string | undefined;
  /** Like `privateFile`, a decoded path in the bucket. */
  image: string | undefined;
  privateFile: string | undefined;
}

/** Parses the command line of `npm run doctor`. Throws `UsageError`. */
export function readDoctorArguments(args: string[]): DoctorArguments {
  const { values } = readArguments("doctor", {
    args,
    options: {
      url: { type: "string" },
      path: { type: "string" },
      "private-path": { type: "string" },
      "other-url": { type: "string" },
      env: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    help: values.help,
    json: values.json,
    environment: values.env ?? environmentOfShell(),
    origin: siteOf("--url", values.url),
    otherOrigin: siteOf("--other-url", values["other-url"]),
    image: pathOf("--path", values.path),
    privateFile: pathOf("--private-path", values["private-path"]),
  };
}

/** Reads the address of a site. Only this machine may be asked by http:, since the owner's token and signed links are sent. */
function siteOf(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const origin = readOrigin(flag, text);
  if (!isSecureUrl(origin)) throw new UsageError(`${flag} must begin with https:// (http: only for localhost).`);
  return origin;
}

function pathOf(flag: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : readFilePath(flag, text);
}
