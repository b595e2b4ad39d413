import { parseArgs } from "node:util";
import { environmentOfShell, refuseTakenByNpm, UsageError } from "../command.ts";

export const DEPLOY_HELP = `Puts the Worker on Cloudflare: npm run deploy -- [options]

  --env NAME    deploy [env.NAME] of wrangler.toml, with the secrets of .dev.vars.NAME
  --no-check    upload without trying the key and the settings first
  --dry-run     do everything but the upload
  --help        this text

The secrets come from .dev.vars alone, whatever the shell has exported. Every other option is passed on to
«wrangler deploy». The exit code is 0 when the Worker is deployed, 2 when the command line is wrong, and 1 otherwise.`;

export interface DeployArguments {
  help: boolean;
  environment: string | undefined;
  check: boolean;
  dryRun: boolean;
  configFile: string | undefined;
  workerName: string | undefined;
  /** Variables of `--var NAME:VALUE`. */
  variables: Record<string, string>;
  /** The part of the command line that is passed on to Wrangler. */
  passedOn: string[];
}

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  env: { type: "string", short: "e" },
  check: { type: "boolean" },
  "dry-run": { type: "boolean" },
  config: { type: "string", short: "c" },
  name: { type: "string" },
  var: { type: "string", multiple: true },
  "secrets-file": { type: "string" },
} as const;

/** Reads the command line of `npm run deploy`. Options of Wrangler are kept unchanged. Throws `UsageError`. */
export function readDeployArguments(args: string[], env: NodeJS.ProcessEnv): DeployArguments {
  refuseTakenByNpm("deploy", OPTIONS, env);
  const { values, tokens } = parseArgs({
    args,
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  });
  if (values["secrets-file"] !== undefined) {
    throw new UsageError("--secrets-file is made by this command, from .dev.vars. Leave it out.");
  }
  const own = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== "option" || !["check", "no-check", "env"].includes(token.name)) continue;
    own.add(token.index);
    if (token.name === "env" && token.inlineValue === false) own.add(token.index + 1);
  }
  return {
    help: values.help === true,
    environment: textOf("env", values.env) ?? environmentOfShell(env),
    check: values.check !== false,
    dryRun: values["dry-run"] === true,
    configFile: textOf("config", values.config),
    workerName: textOf("name", values.name),
    variables: readVariables(values.var ?? []),
    passedOn: args.filter((_, index) => !own.has(index)),
  };
}

function textOf(name: string, value: string | boolean | undefined): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new UsageError(`--${name} needs a value.`);
}

function readVariables(given: (string | boolean)[]): Record<string, string> {
  return Object.fromEntries(
    given.map((each) => {
      const [, name, value] = /^([^:]+):(.*)$/s.exec(String(each)) ?? [];
      if (name === undefined || value === undefined) throw new UsageError("--var needs NAME:VALUE.");
      return [name, value];
    }),
  );
}
