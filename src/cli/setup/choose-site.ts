import type { Account } from "../../b2/api.ts";
import type { Settings } from "../../settings.ts";
import { authorize, checkB2, reviewKey, tryMint } from "../check-key.ts";
import type { KeyInUse } from "../doctor/find-files.ts";
import { type Finding, formatFinding, hasWrong } from "../finding.ts";
import { readLocalSettings, requireSettings } from "../local-settings.ts";
import { chooseBucket } from "./choose-bucket.ts";
import { askForKey, type FoundKey, findKey } from "./find-key.ts";
import { domainFault } from "./setup-arguments.ts";
import type { Start } from "./start.ts";

/** Everything that the person has decided, after it was tried at B2. */
export interface ChosenSite {
  key: FoundKey;
  /** undefined: the Worker has its workers.dev address. */
  domain: string | undefined;
  workerName: string;
  variables: Record<string, string>;
  /** The key with its token, for later requests to B2. */
  inUse: KeyInUse;
}

/** Asks for key, bucket, prefix and domain, and tries them at B2. Undefined when B2 refuses them; the findings are shown. */
export async function chooseSite(start: Start): Promise<ChosenSite | undefined> {
  const b2 = await checkB2(start);
  if (showAll([b2])) return undefined;
  const working = await findWorkingKey(start);
  if (working === undefined) return undefined;
  const { key, account } = working;
  const variables = await chooseVariables(start, account);
  const settings = settingsOf(start, key, variables);
  const { findings, minted } = await tryMint(settings);
  if (showAll(findings) || minted === undefined) return undefined;
  showAll(await reviewKey(account, minted, settings));
  const domain = await chooseDomain(start);
  const workerName = start.asked.workerName ?? start.config.workerName;
  return { key, domain, workerName, variables, inUse: { account, token: minted.token, settings } };
}

/** Finds a key that B2 accepts. A person who mistyped the key can type it again. */
async function findWorkingKey(start: Start): Promise<{ key: FoundKey; account: Account } | undefined> {
  const { asked, questions, imported, stored, apiUrl } = start;
  let key = await findKey(asked, { imported, stored, env: process.env }, questions);
  for (;;) {
    console.log(`Trying the key with the id ${key.applicationKeyId}, from ${key.source}.`);
    const authorized = await authorize({ ...key, apiUrl });
    if (authorized.kind === "account") {
      console.log(`It may: ${authorized.account.capabilities.join(", ")}.`);
      return { key, account: authorized.account };
    }
    showAll([authorized.finding]);
    if (questions.asksNobody || !(await questions.confirm("Type it again?"))) return undefined;
    key = await askForKey(questions);
  }
}

async function chooseVariables(
  { asked, questions, imported, config }: Start,
  account: Account,
): Promise<Record<string, string>> {
  const known = textOf(config.variables.B2_BUCKET_NAME);
  const bucketName = await chooseBucket(account, asked.bucketName ?? imported?.bucketName ?? known, questions);
  const bucket = account.buckets?.find(({ name }) => name === bucketName);
  if (imported !== undefined && bucket !== undefined && bucket.id !== imported.bucketId) {
    console.log(
      `The file to import has another id for the bucket ${bucketName}: the bucket was made again since. Its name is used.`,
    );
  }
  const oldPrefix = textOf(config.variables.B2_FILE_NAME_PREFIX);
  const fileNamePrefix =
    asked.fileNamePrefix ??
    (await questions.text({
      flag: "--prefix",
      message: "Serve only names that begin with this (empty: all)?",
      initial: oldPrefix ?? account.namePrefix ?? "",
    }));
  const isPrefixSaid = fileNamePrefix !== "" || oldPrefix !== undefined;
  return { B2_BUCKET_NAME: bucketName, ...(isPrefixSaid && { B2_FILE_NAME_PREFIX: fileNamePrefix }) };
}

function settingsOf({ config, stored }: Start, key: FoundKey, variables: Record<string, string>): Settings {
  const secrets = { B2_APPLICATION_KEY_ID: key.applicationKeyId, B2_APPLICATION_KEY: key.applicationKey };
  const reading = readLocalSettings({ ...config.variables, ...variables }, { ...stored, ...secrets });
  return requireSettings(reading, "Nothing was written.");
}

async function chooseDomain({ asked, questions, imported, config }: Start): Promise<string | undefined> {
  if (asked.domain !== undefined) return asked.domain ?? undefined;
  const known = imported?.domain ?? config.domains[0];
  const text = await questions.text({
    flag: "--domain (or --workers-dev)",
    message: "Your domain, such as image.example.com (empty: an address under workers.dev)?",
    ...(known !== undefined && { initial: known }),
    faultOf: (host) => (host === "" ? undefined : fault(host)),
  });
  const wrong = text === "" ? undefined : fault(text);
  if (wrong !== undefined) throw new Error(`${wrong} Nothing was written.`);
  return text === "" ? undefined : text;
}

function fault(host: string): string | undefined {
  const what = domainFault(host);
  return what === undefined ? undefined : `«${host}» ${what}`;
}

/** Prints findings, and tells whether one of them is wrong. */
function showAll(findings: readonly Finding[]): boolean {
  for (const finding of findings) console.log(formatFinding(finding));
  return hasWrong(findings);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
