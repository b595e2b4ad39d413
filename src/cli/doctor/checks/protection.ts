import { type SigningKey, signUrl } from "../../../access/signed-url.ts";
import { canonicalPath } from "../../../b2/file-name.ts";
import { type Finding, ok, unknown, wrong } from "../../finding.ts";
import type { Examination } from "../examination.ts";
import { cacheStatus } from "../site-client.ts";
import { RANGE } from "./parts.ts";

const LINK_SECONDS = 300;
const DEPLOY = "What is deployed is not what wrangler.toml says here: npm run deploy.";

/** Checks that a private folder is closed, and that only a right signature opens it. */
export async function checkPrivateFolder(examination: Examination): Promise<Finding[]> {
  const { settings, client, privateFile } = examination;
  const [folder] = settings?.privatePrefixes ?? [];
  if (settings === undefined || folder === undefined) {
    return unseen(["private", "signed", "signed-range", "wrong-signature"], "PRIVATE_PREFIXES is not set here.");
  }
  const path =
    privateFile?.canonicalPath ?? canonicalPath(`${folder}/b2-image-worker-doctor-${crypto.randomUUID()}.jpg`);
  const closed = await client.ask(path);
  const findings = [
    closed.status === 403
      ? ok("private", `${folder}/ is closed without a signed link (403).`)
      : wrong("private", `${folder}/ answers ${closed.status} without a signed link, instead of 403.`, DEPLOY),
  ];
  const [key] = settings.signingKeys;
  if (key === undefined) {
    return [...findings, ...unseen(["signed", "signed-range", "wrong-signature"], "URL_SIGNING_KEYS is not set here.")];
  }
  return [...findings, ...(await checkSigned(examination, { path, key, isThere: privateFile !== undefined }))];
}

/** Checks that hotlink protection refuses a foreign site. */
export async function checkReferer({ client, settings, image }: Examination): Promise<Finding> {
  if (settings?.refererRules === undefined) return unknown("hotlinks", "ALLOWED_REFERERS is not set here.");
  const path = image?.canonicalPath ?? "/b2-image-worker-doctor.jpg";
  const answer = await client.ask(path, { headers: { Referer: "https://b2-image-worker-doctor.invalid/" } });
  return answer.status === 403
    ? ok("hotlinks", "A page of another site is refused (403).")
    : wrong("hotlinks", `A page of another site gets ${answer.status} instead of 403.`, DEPLOY);
}

function unseen(checks: string[], why: string): Finding[] {
  return checks.map((check) => unknown(check, why));
}

interface SignedFile {
  path: string;
  key: SigningKey;
  /** Whether the bucket has this file. A signed link to a missing file gives 404. */
  isThere: boolean;
}

async function checkSigned({ client }: Examination, { path, key, isThere }: SignedFile): Promise<Finding[]> {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + LINK_SECONDS;
  const link = new URL(
    await signUrl({ baseUrl: client.origin, key, canonicalPath: path, preset: "", expiresAtSeconds }),
  );
  const opened = await client.ask(link.pathname + link.search, { headers: { Range: RANGE } });
  const findings = [signedFinding(opened.status, isThere), rangeFinding(opened, isThere)];
  // The first letter, since the last one has unused bits.
  const signature = link.searchParams.get("sig") ?? "";
  link.searchParams.set("sig", (signature.startsWith("A") ? "B" : "A") + signature.slice(1));
  const refused = await client.ask(link.pathname + link.search);
  const isRefused = refused.status === 403 && cacheStatus(refused) !== "HIT";
  findings.push(
    isRefused
      ? ok("wrong-signature", "A wrong signature opens nothing (403).")
      : wrong(
          "wrong-signature",
          `A wrong signature gets ${refused.status} instead of 403.`,
          "Take the private files out of the bucket, and see the log: npx wrangler tail.",
        ),
  );
  return findings;
}

function signedFinding(status: number, isThere: boolean): Finding {
  const isOpened = isThere ? status === 200 || status === 206 : status === 404;
  if (isOpened)
    return ok(
      "signed",
      `A signed link opens the folder${isThere ? "" : " (404: the file that was asked for is not there)"}.`,
    );
  const advice =
    status === 403
      ? "The Worker has other URL_SIGNING_KEYS than .dev.vars, or this machine's clock is off: npm run deploy."
      : "The log has the cause: npx wrangler tail.";
  return wrong("signed", `A signed link gets ${status}.`, advice);
}

function rangeFinding({ status, body }: { status: number; body: Buffer }, isThere: boolean): Finding {
  if (!isThere) return unknown("signed-range", "No private file is known (name one with --private-path).");
  return status === 206 && body.length <= 16
    ? ok("signed-range", "A part of a signed file comes as 206.")
    : wrong(
        "signed-range",
        `A part of a signed file was asked for, and ${status} with ${body.length} bytes came.`,
        "Visitors cannot skip within a video behind a signed link.",
      );
}
