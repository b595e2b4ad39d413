import { rmSync } from "node:fs";
import { readDevVars } from "../dev-vars.ts";
import { NO_SECRETS, readLocalSettings, requireSettings } from "../local-settings.ts";
import { runWrangler } from "../wrangler-command.ts";
import { readConfig, type WorkerConfig } from "../wrangler-config.ts";
import { announce, requireGoodSettings, requireWorkingKey } from "./before-upload.ts";
import { requireFreeDomains, requireOwnWorker } from "./conflicts.ts";
import { DEPLOY_HELP, type DeployArguments, readDeployArguments } from "./deploy-arguments.ts";
import { explainFailure } from "./explain-failure.ts";
import { readDeploySecrets, writeSecretsFile } from "./secrets.ts";

export interface Deployed {
  exitCode: number;
  /** The Worker's addresses by Wrangler's output, such as `https://b2-image-worker.you.workers.dev`. */
  addresses: string[];
}

/** Runs `npm run deploy`: checks everything, then uploads the Worker with the secrets of the file. Throws with one sentence. */
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
  const settings = asked.check ? requireGoodSettings({ ...config.variables, ...asked.variables }, secrets) : undefined;
  announce(secrets, { workerName, environment: asked.environment });
  if (settings !== undefined) await requireWorkingKey(settings);
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
 * Whether Cloudflare's build service runs this, after a push or for the Deploy button. The secrets are then at Cloudflare.
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
  // Always passed, since an exported CLOUDFLARE_ENV would choose another environment.
  const environment = ["--env", asked.environment ?? ""];
  const args = ["deploy", ...environment, ...secretsFile, ...asked.passedOn];
  const run = await runWrangler(args, { folder: process.cwd(), shown: true });
  if (run.exitCode !== 0) throw new Error(explainFailure(run, config));
  const targets = run.events.findLast(({ type }) => type === "deploy")?.targets ?? [];
  const addresses = targets.flatMap(addressOf);
  for (const address of addresses) console.log(`The Worker is at ${address}`);
  return { exitCode: 0, addresses };
}

/** The address in one of Wrangler's targets: workers.dev, or a custom domain (`image.example.com (custom domain)`). Routes and schedules have none. */
function addressOf(target: string): string[] {
  if (/^https:\/\/\S+$/.test(target)) return [target];
  const host = /^(\S+) \(custom domain\b/.exec(target)?.[1];
  return host === undefined ? [] : [`https://${host}`];
}
