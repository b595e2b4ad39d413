import { canonicalPath } from "../../b2/file-name.ts";
import { Cancelled } from "../command.ts";
import { deploy } from "../deploy/run-deploy.ts";
import { findFiles } from "../doctor/find-files.ts";
import { runDoctor } from "../doctor/run-doctor.ts";
import { readFilePath } from "../sign/read-target.ts";
import type { ChosenSite } from "./choose-site.ts";
import type { Questions } from "./questions.ts";
import type { Start } from "./start.ts";
import { waitForSite } from "./wait-for-site.ts";

const LATER = "The files are written. Deploy later with: npm run deploy";

const IMAGE = {
  flag: "--path",
  message: "A picture of the bucket to try, such as photos/cat.jpg (empty: none)?",
  initial: "",
  faultOf: (path: string) => (path === "" ? undefined : pathFault(path)),
};

/** Deploys, waits for the address, examines the site, and prints the address of an image. Gives the exit code. */
export async function goLive(start: Start, site: ChosenSite): Promise<number> {
  const { asked, questions } = start;
  try {
    if (!(asked.deploy ?? (await questions.confirm("Deploy now?")))) {
      console.log(LATER);
      return 0;
    }
    const { addresses } = await deploy(asked.dryRun ? ["--dry-run"] : []);
    const origin = asked.url ?? (site.domain === undefined ? workersDev(addresses) : `https://${site.domain}`);
    if (asked.dryRun && asked.url === undefined) {
      console.log("The files are written; nothing was uploaded (--dry-run).");
      return 0;
    }
    if (origin === undefined)
      throw new Error("Wrangler named no address. Find it in the dashboard: npm run doctor -- --url URL");
    return await examine(start, site, origin);
  } catch (error) {
    throw error instanceof Cancelled ? new Cancelled(LATER) : error;
  }
}

async function examine({ asked, questions }: Start, { inUse }: ChosenSite, origin: string): Promise<number> {
  const path = asked.path ?? (await findFiles(inUse)).image ?? (await askForPath(questions));
  if (!(await waitForSite(origin, asked.waitSeconds, questions))) {
    console.log(`${origin} does not answer yet. A new domain can take longer: npm run doctor -- --url ${origin}`);
    return 1;
  }
  const exitCode = await runDoctor(["--url", origin, ...(path === undefined ? [] : ["--path", canonicalPath(path)])]);
  const file = path === undefined ? "/NAME-OF-A-FILE" : canonicalPath(path);
  console.log(`\nA picture of yours: ${origin}${file}`);
  return exitCode;
}

async function askForPath(questions: Questions): Promise<string | undefined> {
  const text = await questions.text(IMAGE);
  return text === "" ? undefined : readFilePath(IMAGE.flag, text);
}

function pathFault(path: string): string | undefined {
  try {
    readFilePath("A picture", path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function workersDev(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => new URL(address).hostname.endsWith(".workers.dev"));
}
