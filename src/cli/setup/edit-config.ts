import { isDeepStrictEqual } from "node:util";
import { parse, patch } from "@decimalturn/toml-patch";

/** The changes that `npm run setup` makes to wrangler.toml. */
export interface ConfigChange {
  workerName: string;
  /** The custom domain; undefined: the Worker has its workers.dev address. */
  domain: string | undefined;
  /** Variables to set. */
  variables: Record<string, string>;
}

interface Route {
  pattern?: unknown;
  custom_domain?: unknown;
}

interface Config {
  [key: string]: unknown;
  routes?: Route[];
  vars?: Record<string, unknown>;
}

/**
 * Changes the text of wrangler.toml, and keeps everything else, comments included. A value replaces its commented example
 * (`# NAME = …`). Throws when the change cannot be made safely.
 */
export function editConfig(text: string, change: ConfigChange): string {
  // Git on Windows may have written the file with CRLF.
  if (text.includes("\r\n")) return editConfig(text.replaceAll("\r\n", "\n"), change).replaceAll("\n", "\r\n");
  try {
    const wanted = changed(readConfigText(text), change);
    const { opened, lines } = openExamples(text, wanted);
    const result = patch(opened, wanted);
    requireSame(text, { result, wanted, opened: lines });
    return result;
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : "";
    throw new Error(
      `wrangler.toml has a form that cannot be changed safely (${why}). Write by hand: ${inWords(change)}.`,
    );
  }
}

/** Applies the change to the parsed file. */
function changed(config: Config, { workerName, domain, variables }: ConfigChange): Config {
  config.name = workerName;
  config.workers_dev = domain === undefined;
  // Wrangler accepts only one of the two.
  if (domain !== undefined && config.route !== undefined) throw new Error("«route» cannot stand beside «routes»");
  if (domain !== undefined) config.routes = withDomain(config.routes ?? [], domain);
  if (Object.keys(variables).length > 0) config.vars = { ...config.vars, ...variables };
  return config;
}

function withDomain(routes: Route[], domain: string): Route[] {
  const isThere = routes.some(({ pattern }) => pattern === domain);
  if (isThere) return routes;
  const old = routes.findIndex(({ custom_domain: isCustom }) => isCustom === true);
  return old === -1
    ? [...routes, { pattern: domain, custom_domain: true }]
    : routes.map((route, index) => (index === old ? { ...route, pattern: domain } : route));
}

/**
 * Uncomments the examples of the wanted values, or adds a line or a table where there is no example. The TOML library
 * changes values well, but it puts a new key below the comments of the next table, and fails for a new list of tables.
 */
function openExamples(text: string, wanted: Config): { opened: string; lines: Set<string> } {
  const lines = new Set<string>();
  let opened = text;
  const config = readConfigText(text);
  if (wanted.routes !== undefined && config.routes === undefined) {
    const example = /^# \[\[routes\]\]\n# pattern = .*\n# custom_domain = true$/m.exec(text)?.[0];
    opened =
      example === undefined
        ? `${text.replace(/\n*$/, "\n")}\n[[routes]]\npattern = ""\ncustom_domain = true\n`
        : text.replace(example, withoutHash(example));
    for (const line of example?.split("\n") ?? []) lines.add(line);
  }
  for (const name of Object.keys(wanted.vars ?? {})) {
    if (config.vars !== undefined && Object.hasOwn(config.vars, name)) continue;
    const example = new RegExp(`^# ${name} = .*$`, "m").exec(sectionOf(opened))?.[0];
    opened = example === undefined ? withLine(opened, `${name} = ""`) : opened.replace(example, withoutHash(example));
    if (example !== undefined) lines.add(example);
  }
  return { opened, lines };
}

/** The text from `[vars]` to the next table. */
function sectionOf(text: string): string {
  return /^\[vars\][^\n]*\n(?:(?!\[)[^\n]*\n?)*/m.exec(text)?.[0] ?? "";
}

function withLine(text: string, line: string): string {
  const header = /^\[vars\][^\n]*\n/m.exec(text)?.[0];
  return header === undefined
    ? `${text.replace(/\n*$/, "\n")}\n[vars]\n${line}\n`
    : text.replace(header, () => `${header}${line}\n`);
}

function withoutHash(example: string): string {
  return example.replace(/^# /gm, "");
}

/** Checks the result, since the TOML library may have faults: the values as wanted, and no comment lost but the examples. */
function requireSame(
  before: string,
  { result, wanted, opened }: { result: string; wanted: Config; opened: Set<string> },
): void {
  if (!isDeepStrictEqual(plain(readConfigText(result)), plain(wanted)))
    throw new Error("another value would change too");
  const left = result.split("\n").map(commentOf);
  for (const line of before.split("\n")) {
    const comment = commentOf(line);
    if (comment === undefined || opened.has(line)) continue;
    const at = left.indexOf(comment);
    if (at === -1) throw new Error("a comment would be lost");
    left.splice(0, at + 1);
  }
}

/** The comment of a line, from the first # outside a string; undefined without one. */
function commentOf(line: string): string | undefined {
  return /^(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*')*?(#.*)$/.exec(line)?.[1];
}

/** Parses the text, which `readConfig` has checked before. */
function readConfigText(text: string): Config {
  const config: Config = parse(text);
  return config;
}

function plain(config: Config): unknown {
  return JSON.parse(JSON.stringify(config));
}

function inWords({ workerName, domain, variables }: ConfigChange): string {
  const values = Object.entries(variables).map(([name, value]) => `${name} = ${JSON.stringify(value)} in [vars]`);
  const address =
    domain === undefined ? "workers_dev = true" : `workers_dev = false, and [[routes]] with pattern = "${domain}"`;
  return [`name = "${workerName}"`, address, ...values].join("; ");
}
