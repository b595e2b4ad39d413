import { type Finding, note, ok, unknown, wrong } from "../finding.ts";
import { explainNetworkFault } from "../reach.ts";
import { checkAddresses, checkForeignQuery, checkMissing } from "./checks/addresses.ts";
import { checkBrowserCaching, checkCache, checkImage } from "./checks/image.ts";
import { checkHead, checkNotModified, checkRange } from "./checks/parts.ts";
import { checkPrivateFolder, checkReferer } from "./checks/protection.ts";
import { checkCertificate, checkDns, checkHealth } from "./checks/site.ts";
import type { Examination, KnownFile, Search, Shown } from "./examination.ts";
import { LISTED } from "./find-files.ts";
import { RequestsUsedUp } from "./requests.ts";
import { UNSEEN } from "./unseen.ts";

/** Receives each finding as soon as it is known. */
export type Report = (finding: Finding) => void;

/** Examines a deployed site from outside. Stops early when the other checks would be pointless. */
export async function examineSite(examination: Examination, report: Report): Promise<void> {
  for (const check of [checkDns, checkCertificate, checkHealth]) {
    const { finding, isReached } = await check(examination);
    report(finding);
    if (!isReached) return report(unknown("rest", "The rest cannot be checked before that."));
  }
  const shown = await examineImage(examination, report);
  for (const finding of await surviveAll(examination, () => checkPrivateFolder(examination))) report(finding);
  report(await survive("hotlinks", examination, () => checkReferer(examination)));
  report(await survive("missing", examination, () => checkMissing(examination)));
  // The last to ask, since it is the one that the budget of requests may leave out.
  if (shown !== undefined) report(await survive("addresses", examination, () => checkAddresses(examination, shown)));
  report(checkFields(examination));
  for (const finding of UNSEEN) report(finding);
}

/** Gives the image as the site shows it; undefined when there is none to look at. */
async function examineImage(examination: Examination, report: Report): Promise<Shown | undefined> {
  const { image } = examination;
  if (image === undefined) {
    report(explainSearch(examination));
    return undefined;
  }
  const shown = await askForImage(examination, image, report);
  if (shown === undefined) return undefined;
  const checks = {
    cache: checkCache,
    "cache-control": checkBrowserCaching,
    range: checkRange,
    head: checkHead,
    "not-modified": checkNotModified,
    query: checkForeignQuery,
  };
  for (const [name, check] of Object.entries(checks)) {
    report(await survive(name, examination, () => check(examination, shown)));
  }
  return shown;
}

/** Why no picture is known to look at. */
function explainSearch({ search, settings }: Examination): Finding {
  if (search !== "done") return unknown("picture", WITHOUT_SEARCH[search]);
  const prefix = settings?.fileNamePrefix ?? "";
  return prefix === ""
    ? note("picture", "The bucket shows no picture.", "Upload one, or name one with --path.")
    : note(
        "picture",
        `No picture that visitors can see begins with ${prefix} in the bucket.`,
        "Is B2_FILE_NAME_PREFIX right? A folder ends with a slash.",
      );
}

const WITHOUT_SEARCH: Record<Exclude<Search, "done">, string> = {
  "not tried": "The key was not tried, so no picture is known: name one with --path.",
  "key refused": "The key does not work, so no picture is known: name one with --path.",
  "not allowed": "The key may not list files: name a picture with --path.",
  "cut short": `The first ${LISTED} files have no picture that visitors can see: name one with --path.`,
  failed: "B2 did not list the files, so no picture is known: name one with --path.",
};

async function askForImage(examination: Examination, file: KnownFile, report: Report): Promise<Shown | undefined> {
  let shown: Shown | undefined;
  const finding = await survive("picture", examination, async () => {
    const checked = await checkImage(examination, file);
    shown = checked.shown;
    return checked.finding;
  });
  report(finding);
  return shown;
}

/** Checks that no answer had response fields of B2, which would reveal file ids and more. */
function checkFields({ client }: Examination): Finding {
  const leaked = client.leakedFields();
  return leaked.length === 0
    ? ok("fields", "No answer had a field of B2 (X-Bz-…).")
    : wrong(
        "fields",
        `Answers had fields of B2: ${leaked.join(", ")}.`,
        "Another Worker or proxy serves the pictures.",
      );
}

async function survive(check: string, examination: Examination, run: () => Promise<Finding>): Promise<Finding> {
  const [finding = unknown(check, "It was not checked.")] = await surviveAll(
    examination,
    async () => [await run()],
    check,
  );
  return finding;
}

/** Runs checks; an error of the network in the middle becomes a finding. */
async function surviveAll(
  { client }: Examination,
  run: () => Promise<Finding[]>,
  check = "private",
): Promise<Finding[]> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RequestsUsedUp) return [unknown(check, error.message)];
    if (!(error instanceof Error)) throw error;
    const { text, advice } = explainNetworkFault(error, new URL(client.origin).hostname);
    return [wrong(check, text, advice)];
  }
}
