import { Cancelled } from "../command.ts";
import { chooseSite } from "./choose-site.ts";
import { goLive } from "./go-live.ts";
import type { Questions } from "./questions.ts";
import { readSetupArguments, SETUP_HELP } from "./setup-arguments.ts";
import { readStart } from "./start.ts";
import { type Change, changesFor, showChanges, writeChanges } from "./write-files.ts";

/** Runs `npm run setup` and gives its exit code. Throws `UsageError`, `Cancelled`, or an error with one sentence. */
export async function runSetup(args: string[]): Promise<number> {
  const asked = readSetupArguments(args);
  if (asked.help) {
    console.log(SETUP_HELP);
    return 0;
  }
  const start = readStart(asked);
  const site = await beforeWriting(() => chooseSite(start));
  if (site === undefined) return 1;
  const { domain, workerName, variables } = site;
  const { domains } = start.config;
  if (domain === undefined && domains.length > 0) {
    console.log(
      `${domains.join(" and ")} in wrangler.toml's [[routes]] stays: take it out if it should not be served.`,
    );
  }
  const changes = changesFor({ domain, workerName, variables }, site.key, start.stored);
  if (changes.length === 0) console.log("wrangler.toml and .dev.vars have these values already.");
  else if (!(await beforeWriting(() => mayWrite(changes, start.questions)))) {
    console.log("Nothing was written.");
    return 0;
  }
  writeChanges(changes);
  return await goLive(start, site);
}

async function mayWrite(changes: readonly Change[], questions: Questions): Promise<boolean> {
  showChanges(changes);
  return await questions.confirm(`Write ${changes.map(({ file }) => file).join(" and ")}?`);
}

async function beforeWriting<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof Cancelled ? new Cancelled("Nothing was written.") : error;
  }
}
