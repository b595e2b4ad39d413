import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "@decimalturn/toml-patch";
import * as v from "valibot";
import { PROTECTIONS } from "../settings.ts";
import { UsageError } from "./command.ts";
import { misplacedSettings } from "./misplaced-settings.ts";

/** The parts of wrangler.toml that the commands use, for one environment. */
export interface WorkerConfig {
  /** The folder of the file, which also has the secrets. */
  folder: string;
  text: string;
  workerName: string;
  /** The Worker's `env` as far as settings read it: `[vars]`, and a placeholder for the Images binding if there is one. */
  variables: Record<string, unknown>;
  /** The hosts of `custom_domain` routes. */
  domains: string[];
  /** Sentences about mistakes that would deploy the wrong thing: settings out of place, and what an environment lacks. */
  problems: string[];
}

const route = v.union([v.string(), v.looseObject({ pattern: v.string(), custom_domain: v.optional(v.boolean()) })]);
const environmentEntries = {
  name: v.optional(v.string()),
  route: v.optional(route),
  routes: v.optional(v.array(route)),
  vars: v.optional(v.record(v.string(), v.unknown())),
  images: v.optional(v.looseObject({ binding: v.string() })),
};
const environmentSchema = v.looseObject(environmentEntries);
const schema = v.looseObject({ ...environmentEntries, env: v.optional(v.record(v.string(), environmentSchema)) });

type Environment = v.InferOutput<typeof environmentSchema>;
type Config = v.InferOutput<typeof schema>;

/** Reads wrangler.toml, or another file in that format. Throws with one sentence; `UsageError` when it has no such environment. */
export function readConfig(environment?: string, file = "wrangler.toml"): WorkerConfig {
  const text = readText(file);
  const config = parseConfig(text, file);
  const own = environment === undefined ? config : config.env?.[environment];
  if (own === undefined) {
    throw new UsageError(
      `${file} has no [env.${environment}]. Take the example at its end, or leave --env (or CLOUDFLARE_ENV) out.`,
    );
  }
  const routes = routesOf(own) ?? routesOf(config) ?? [];
  return {
    folder: dirname(resolve(file)),
    text,
    workerName: own.name ?? (environment === undefined ? "" : `${config.name ?? ""}-${environment}`),
    variables: { ...own.vars, ...(own.images !== undefined && { [own.images.binding]: {} }) },
    domains: routes.flatMap((each) => (typeof each !== "string" && each.custom_domain === true ? [each.pattern] : [])),
    problems: [
      ...misplacedSettings(config),
      ...(environment === undefined ? [] : environmentProblems(config, own, environment)),
    ],
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(`There is no ${file} here. Run this in the folder of the project.`);
  }
}

function parseConfig(text: string, file: string): Config {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    if (/^(?:<{7}|>{7}) /m.test(text)) {
      throw new Error(`${file} has git's conflict marks (<<<<<<<): choose a side, and take the marks out.`);
    }
    const [first = ""] = error instanceof Error ? error.message.split("\n") : [];
    const what = first.replace(/[.:]?\s*$/, "").replace(/\((\d+), (\d+)\)/, "at line $1, column $2");
    throw new Error(`${file} is not TOML: ${what}.`);
  }
  const result = v.safeParse(schema, parsed);
  if (result.success) return result.output;
  const place = v.getDotPath(result.issues[0]) ?? "the file";
  throw new Error(`${file}: ${place} has a value that Wrangler does not accept there.`);
}

function routesOf({ route: one, routes }: Environment): v.InferOutput<typeof route>[] | undefined {
  return routes ?? (one === undefined ? undefined : [one]);
}

/** An environment does not inherit `vars`, so there a protection is off until it is set again. */
function environmentProblems(config: Config, own: Environment, environment: string): string[] {
  const missing = PROTECTIONS.filter((name) => config.vars?.[name] !== undefined && own.vars?.[name] === undefined);
  const problems = missing.map(
    (name) =>
      `${name} stands in [vars] but not in [env.${environment}.vars], and Wrangler does not pass it on: write it there too, with the value that is meant.`,
  );
  if (routesOf(config) !== undefined && routesOf(own) === undefined) {
    problems.push(
      `[env.${environment}] has no routes of its own, so Wrangler would give it the domain of the first Worker: add [[env.${environment}.routes]].`,
    );
  }
  return problems;
}
