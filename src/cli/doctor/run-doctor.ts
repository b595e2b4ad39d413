import { UsageError } from "../command.ts";
import { readDevVars } from "../dev-vars.ts";
import { type Finding, formatFinding, hasWrong } from "../finding.ts";
import { readConfig, type WorkerConfig } from "../wrangler-config.ts";
import { DOCTOR_HELP, type DoctorArguments, readDoctorArguments } from "./doctor-arguments.ts";
import type { Examination } from "./examination.ts";
import { examineSite, type Report } from "./examine.ts";
import { examineKey, type Known } from "./examine-key.ts";
import { type Found, findFiles, lookUpFile } from "./find-files.ts";
import { countRequests, MOST_REQUESTS } from "./requests.ts";
import { createSiteClient } from "./site-client.ts";

/** Runs `npm run doctor` and gives its exit code. Throws `UsageError`, or an error with one sentence. */
export async function runDoctor(args: string[]): Promise<number> {
  const asked = readDoctorArguments(args);
  if (asked.help) {
    console.log(DOCTOR_HELP);
    return 0;
  }
  const config = readConfig(asked.environment);
  const origin = asked.origin ?? knownOrigin(config);
  const findings: Finding[] = [];
  if (!asked.json) console.log(`Examining ${origin} with at most ${MOST_REQUESTS} requests. Nothing is changed.`);
  const requests = await examine(asked, { config, origin }, (finding) => {
    findings.push(finding);
    if (!asked.json) console.log(formatFinding(finding));
  });
  const isGood = !hasWrong(findings);
  if (asked.json) console.log(JSON.stringify({ url: origin, ok: isGood, requests, checks: findings }, null, 2));
  else console.log(summaryOf(findings, requests));
  return isGood ? 0 : 1;
}

async function examine(
  asked: DoctorArguments,
  { config, origin }: { config: WorkerConfig; origin: string },
  report: Report,
): Promise<number> {
  const requestsUsed = countRequests();
  const { environment, otherOrigin } = asked;
  const secrets = readDevVars(config.folder, environment);
  const known = await examineKey({ config, secrets, environment }, report);
  const files = await knownFiles(asked, known);
  await examineSite(
    {
      client: createSiteClient(origin),
      settings: known.settings,
      operatorToken: secrets?.OPERATOR_TOKEN || undefined,
      otherOrigins: otherOrigin === undefined ? otherAddresses(config, origin) : [otherOrigin],
      ...files,
    },
    report,
  );
  return requestsUsed();
}

async function knownFiles(
  { image, privateFile }: DoctorArguments,
  known: Known,
): Promise<Pick<Examination, "image" | "search" | "privateFile">> {
  const { key } = known;
  const found = image !== undefined && privateFile !== undefined ? NO_SEARCH : await search(known);
  const [open, closed] = [image ?? found.image, privateFile ?? found.privateFile];
  return {
    search: found.search,
    image: open === undefined ? undefined : await lookUpFile(open, key),
    privateFile: closed === undefined ? undefined : await lookUpFile(closed, undefined),
  };
}

const NO_SEARCH: Found = { search: "not tried" };

async function search({ key, isKeyTried }: Known): Promise<Found> {
  if (key !== undefined) return await findFiles(key);
  return isKeyTried ? { search: "key refused" } : NO_SEARCH;
}

/** The site's other addresses. A site on this machine has none: the domains in wrangler.toml lead elsewhere. */
function otherAddresses({ domains }: WorkerConfig, origin: string): string[] {
  if (origin.startsWith("http:")) return [];
  return domains.map((domain) => `https://${domain}`).filter((each) => each !== origin);
}

function knownOrigin({ domains: [domain] }: WorkerConfig): string {
  if (domain !== undefined) return `https://${domain}`;
  throw new UsageError("--url is missing, and wrangler.toml names no domain: --url https://image.example.com");
}

function summaryOf(findings: Finding[], requests: number): string {
  const count = (verdict: Finding["verdict"]) => findings.filter((each) => each.verdict === verdict).length;
  const parts = [
    `${count("ok")} ok`,
    `${count("note")} to look at`,
    `${count("wrong")} wrong`,
    `${count("unknown")} not checked`,
  ];
  return `${parts.join(", ")}; ${requests} requests.`;
}
