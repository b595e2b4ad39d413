import * as v from "valibot";

/** One year. Caches accept more (RFC 9111 §1.2.2), but nobody wants more. */
const LONGEST_AGE_SECONDS = 31_536_000;

/** A parser's result for a value that does not fit. `problem` says what the setting should hold. */
export interface Misfit {
  problem: string;
}

// The first parameter of each kind is the variable's name, which becomes the title of its schema.

/**
 * A required secret. Its problem ends with the command that sets it. `faultOf` says why a value cannot be right, without
 * quoting it.
 */
export function secret(name: string, what: string, faultOf: (given: string) => string | undefined = () => undefined) {
  const message = `${what}; ${howToSet(name)}`;
  const parse = (given: string) => {
    const fault = faultOf(given);
    return fault === undefined ? given : { problem: `${what}: ${fault}` };
  };
  const given = v.pipe(v.string(message), v.trim(), v.minLength(1, message), parsedBy(parse));
  return v.pipe(v.optional(given, ""), v.title(name));
}

/** How the owner of a deployed Worker sets a secret. */
export function howToSet(name: string): string {
  return `set it with: npx wrangler secret put ${name}`;
}

/** A number of seconds, as a number or as text: owners write both into wrangler.toml. */
export function seconds(name: string, { fallback, least, most }: { fallback: number; least: number; most: number }) {
  const message = `a whole number of seconds from ${least} to ${most}`;
  const digits = v.pipe(v.string(), v.regex(/^\s*\d{1,9}\s*$/, message), v.transform(Number));
  const inRange = v.pipe(
    v.union([v.number(), digits], message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
  return v.pipe(v.optional(inRange, fallback), v.title(name));
}

/** A freshness lifetime, or a time for which stale answers may be used: 0 seconds to a year. */
export function lifetime(name: string, fallback: number) {
  return seconds(name, { fallback, least: 0, most: LONGEST_AGE_SECONDS });
}

/** `true` or `false`, as a boolean or as text. */
export function flag(name: string, fallback: boolean) {
  const message = "true or false";
  const word = v.pipe(
    v.string(),
    v.regex(/^(?:true|false)$/, message),
    v.transform((value) => value === "true"),
  );
  return v.pipe(v.optional(v.union([v.boolean(), word], message), fallback), v.title(name));
}

/** Text for a parser, which gets the fallback when the variable is missing. */
export function text<T>(name: string, parse: (given: string) => T | Misfit, fallback = "") {
  return v.pipe(v.optional(v.pipe(v.string("text"), v.trim(), parsedBy(parse)), fallback), v.title(name));
}

/** A value of any type for a parser, such as a table of wrangler.toml. The parser gets "" when the variable is missing. */
export function table<T>(name: string, parse: (given: unknown) => T | Misfit) {
  return v.pipe(v.optional(v.pipe(v.unknown(), parsedBy(parse)), ""), v.title(name));
}

/** A list as an owner may write it: text that is split into entries, or a TOML array, whose entries are never split. */
export type ListValue = string | string[];

/** A list for a parser, which gets the fallback when the variable is missing. */
export function list<T>(name: string, parse: (given: ListValue) => T | Misfit, fallback = "") {
  const given = v.union([v.pipe(v.string(), v.trim()), v.array(v.string())], "text, or an array of texts");
  return v.pipe(v.optional(v.pipe(given, parsedBy(parse)), fallback), v.title(name));
}

/** The entries of a list, trimmed; empty ones are left out. */
export function entriesOf(given: ListValue, separator: RegExp): string[] {
  const parts = typeof given === "string" ? given.split(separator) : given;
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** Makes a parser give undefined for empty text: a variable that was cleared in Cloudflare's dashboard is empty. */
export function optional<I, T>(parse: (given: I) => T | Misfit): (given: I) => T | undefined | Misfit {
  return (given) => (given === "" ? undefined : parse(given));
}

/** Makes a parser of lists give an empty list for empty text. */
export function optionalList<I, T>(parse: (given: I) => T[] | Misfit): (given: I) => T[] | Misfit {
  return (given) => (given === "" ? [] : parse(given));
}

/** Marks a setting that protects something: when its name is mistyped, it must not count as switched off. */
export function protection<T extends v.GenericSchema>(kind: T) {
  return v.pipe(kind, v.metadata({ protects: true }));
}

/** Marks a setting whose value is never shown, not even to the owner. */
export function confidential<T extends v.GenericSchema>(kind: T) {
  return v.pipe(kind, v.metadata({ isSecret: true }));
}

/** Whether a setting was marked with `confidential`. */
export function isConfidential(kind: v.GenericSchema): boolean {
  return v.getMetadata(kind).isSecret === true;
}

/** Whether a setting was marked with `protection`. */
export function isProtection(kind: v.GenericSchema): boolean {
  return v.getMetadata(kind).protects === true;
}

function parsedBy<I, T>(parse: (given: I) => T | Misfit) {
  return v.rawTransform<I, T>(({ dataset, addIssue, NEVER }) => {
    const result = parse(dataset.value);
    if (!isMisfit(result)) return result;
    addIssue({ message: result.problem });
    return NEVER;
  });
}

function isMisfit(result: unknown): result is Misfit {
  return typeof result === "object" && result !== null && "problem" in result;
}
