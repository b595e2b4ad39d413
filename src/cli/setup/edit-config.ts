import { isDeepStrictEqual } from "node:util";
import { parse, patch } from "@decimalturn/toml-patch";

/** What `npm run setup` changes in wrangler.toml. */
export interface ConfigChange {
  workerName: string;
  /** The custom domain; undefined: the address under workers.dev. */
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
 * The text of wrangler.toml after a change; everything else stays as it is, and so does every comment. A commented
 * example (`# NAME = …`) gives its place to the value. Throws when that cannot be done surely.
 */
export function editConfig(text: string, change: ConfigChange): string {
  // A file of Windows: git may have written it so.
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
      `wrangler.toml has a form that cannot be changed surely (${why}). Write by hand: ${inWords(change)}.`,
    );
  }
}

/** The settings that the change leads to. */
function changed(config: Config, { workerName, domain, variables }: ConfigChange): Config {
  config.name = workerName;
  config.workers_dev = domain === undefined;
  // Wrangler takes one of the two.
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
 * Takes the # off the examples of what is wanted, or adds a line or a table where there is none: the TOML library
 * changes values well, but a new key lands below the comments of the next table, and a new list of tables fails.
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

/** The part under `[vars]`, down to the next table. */
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

/** The library is not ours: what it made must be what was wanted, with every comment but the opened examples. */
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

/** From the first # outside of a string on, or undefined. */
function commentOf(line: string): string | undefined {
  return /^(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*')*?(#.*)$/.exec(line)?.[1];
}

/** Read and checked before, in `readConfig`: here only the values count. */
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
