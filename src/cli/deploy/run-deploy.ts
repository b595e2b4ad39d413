import { rmSync } from "node:fs";
import { readDevVars } from "../dev-vars.ts";
import { NO_SECRETS, readLocalSettings, requireSettings } from "../local-settings.ts";
import { runWrangler } from "../wrangler-command.ts";
import { readConfig, type WorkerConfig } from "../wrangler-config.ts";
import { announce, requireWorkingKey } from "./before-upload.ts";
import { requireFreeDomains, requireOwnWorker } from "./conflicts.ts";
import { DEPLOY_HELP, type DeployArguments, readDeployArguments } from "./deploy-arguments.ts";
import { explainFailure } from "./explain-failure.ts";
import { readDeploySecrets, writeSecretsFile } from "./secrets.ts";

export interface Deployed {
  exitCode: number;
  /** The addresses that Wrangler tells, such as `https://b2-image-worker.you.workers.dev`. */
  addresses: string[];
}

/** `npm run deploy`: checks first, then uploads the Worker with the secrets of the file alone. Throws with one sentence. */
export async function deploy(args: string[]): Promise<Deployed> {
  const asked = readDeployArguments(args, process.env);
  if (asked.help) {
    console.log(DEPLOY_HELP);
    return { exitCode: 0, addresses: [] };
  }
  const config = readConfig(asked.environment, asked.configFile);
  if (config.problems.length > 0) throw new Error(`${config.problems.join("\n")}\nNothing was uploaded.`);
  if (isWorkersBuild(config, asked)) return await deployFromBuild(asked, config);
  const secrets = readDeploySecrets(config.folder, asked.environment);
  const workerName = asked.workerName ?? config.workerName;
  announce(secrets, { workerName, environment: asked.environment });
  if (asked.check) await requireWorkingKey({ ...config.variables, ...asked.variables }, secrets);
  if (asked.check && !asked.dryRun) {
    const isUpdate = await requireOwnWorker(workerName, config.folder);
    await requireFreeDomains(config.domains, isUpdate);
  }
  const file = writeSecretsFile(secrets.secrets);
  try {
    return await upload(asked, config, ["--secrets-file", file]);
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Cloudflare's own build service runs this after a push, and behind the Deploy button: the secrets are at Cloudflare.
 * Source: https://developers.cloudflare.com/workers/ci-cd/builds/configuration/
 */
function isWorkersBuild({ folder }: WorkerConfig, { environment }: DeployArguments): boolean {
  return process.env.WORKERS_CI === "1" && readDevVars(folder, environment) === undefined;
}

async function deployFromBuild(asked: DeployArguments, config: WorkerConfig): Promise<Deployed> {
  console.log("This is Workers Builds: the secrets are those that Cloudflare has for the Worker.");
  const reading = readLocalSettings({ ...config.variables, ...asked.variables }, NO_SECRETS);
  requireSettings(reading, "Nothing was uploaded.");
  return await upload(asked, config, []);
}

async function upload(asked: DeployArguments, config: WorkerConfig, secretsFile: string[]): Promise<Deployed> {
  // Always said: an exported CLOUDFLARE_ENV would choose another one.
  const environment = ["--env", asked.environment ?? ""];
  const args = ["deploy", ...environment, ...secretsFile, ...asked.passedOn];
  const run = await runWrangler(args, { folder: process.cwd(), shown: true });
  if (run.exitCode !== 0) throw new Error(explainFailure(run, config));
  const targets = run.events.findLast(({ type }) => type === "deploy")?.targets ?? [];
  const addresses = targets.flatMap(addressOf);
  for (const address of addresses) console.log(`The Worker is at ${address}`);
  return { exitCode: 0, addresses };
}

/** Wrangler tells a workers.dev address, custom domains (`image.example.com (custom domain)`), routes, and schedules. */
function addressOf(target: string): string[] {
  if (/^https:\/\/\S+$/.test(target)) return [target];
  const host = /^(\S+) \(custom domain\b/.exec(target)?.[1];
  return host === undefined ? [] : [`https://${host}`];
}
