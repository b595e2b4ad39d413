import { lookup } from "node:dns/promises";
import * as v from "valibot";
import { siteHealth } from "../site-health.ts";
import { failureOf, runWrangler, type WranglerRun } from "../wrangler-command.ts";
import { isLoginMissing, LOG_IN } from "./explain-failure.ts";

const secretList = v.pipe(v.string(), v.parseJson(), v.array(v.looseObject({ name: v.string() })));

/**
 * Throws when the account has another Worker with this name, which a deploy would replace without asking. Tells whether
 * this project's own Worker already exists.
 */
export async function requireOwnWorker(workerName: string, folder: string): Promise<boolean> {
  let run = await listSecrets(workerName, folder);
  if (run.exitCode !== 0 && isLoginMissing(run)) {
    await logIn(folder);
    run = await listSecrets(workerName, folder);
  }
  if (run.exitCode !== 0) {
    const { message } = failureOf(run);
    if (/not found/i.test(message)) return false;
    if (message.startsWith("More than one account")) throw new Error(severalAccounts(message));
    throw new Error(
      `Cloudflare cannot be asked for the Worker ${workerName}: ${firstSentence(message)} Nothing was uploaded.`,
    );
  }
  if (namesOfSecrets(run.stdout).includes("B2_APPLICATION_KEY_ID")) return true;
  throw new Error(
    `Your account has a Worker named ${workerName} already, and it is another one: a deploy would replace it. Write another name into wrangler.toml, or deploy with --no-check to replace it. Nothing was uploaded.`,
  );
}

/** The names in what `wrangler secret list` prints. Wrangler adds a line about a newer release when wrangler.toml has a field that it does not know. */
export function namesOfSecrets(stdout: string): string[] {
  const secrets = v.safeParse(secretList, /^\[.*\]$/ms.exec(stdout)?.[0]);
  return secrets.success ? secrets.output.map(({ name }) => name) : [];
}

/**
 * Throws when a domain leads somewhere else. In a terminal Wrangler asks before it replaces a DNS record; without one it
 * replaces the record silently. `isUpdate`: the Worker already exists, and its certificate may not be ready yet.
 */
export async function requireFreeDomains(domains: readonly string[], isUpdate: boolean): Promise<void> {
  if (process.stdout.isTTY) return;
  for (const domain of domains) {
    if (!(await isKnown(domain))) continue;
    const { kind } = await siteHealth(`https://${domain}`);
    if (kind === "health" || (kind === "unreachable" && isUpdate)) continue;
    throw new Error(
      `${domain} has a DNS record already, and no Worker of this project answers there. Delete the record in Cloudflare's dashboard (DNS), write another host name into wrangler.toml, or deploy with --no-check to replace it. Nothing was uploaded.`,
    );
  }
}

async function isKnown(domain: string): Promise<boolean> {
  return await lookup(domain).then(
    () => true,
    () => false,
  );
}

async function listSecrets(workerName: string, folder: string): Promise<WranglerRun> {
  return await runWrangler(["secret", "list", "--name", workerName, "--format", "json"], { folder, shown: false });
}

/** Logs in. Wrangler opens a browser for it, but only in a terminal. */
async function logIn(folder: string): Promise<void> {
  if (!process.stdout.isTTY) throw new Error(`${LOG_IN} Nothing was uploaded.`);
  const run = await runWrangler(["login"], { folder, shown: true });
  if (run.exitCode !== 0) throw new Error(`${LOG_IN} Nothing was uploaded.`);
}

/** Explains that the login reaches several accounts. Wrangler's message ends with a line for each. */
function severalAccounts(message: string): string {
  const accounts = message.split("\n").filter((line) => line.startsWith("  `"));
  return `You have several accounts at Cloudflare. Write the one to use into wrangler.toml, above the first [table]: account_id = "…"\n${accounts.join("\n")}\nNothing was uploaded.`;
}

function firstSentence(message: string): string {
  const [first = ""] = message.split("\n");
  return first === "" ? "Wrangler did not say why." : `${first.replace(/[.:]?\s*$/, "")}.`;
}
