import * as v from "valibot";

/** A secret that must be there. `what` goes on with how to set it. */
export function secret(name: string, what: string) {
  const message = `${what}; set it with: npx wrangler secret put ${name}`;
  return v.optional(v.pipe(v.string(message), v.trim(), v.minLength(1, message)), "");
}

/** Seconds, as a number or as text: wrangler.toml takes both. */
export function seconds(fallback: number, least: number, most: number) {
  const message = `a whole number of seconds from ${least} to ${most}`;
  return v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\s*\d{1,9}\s*$/, message), v.transform(Number))], message),
      v.integer(message),
      v.minValue(least, message),
      v.maxValue(most, message),
    ),
    fallback,
  );
}

/** `true` or `false`, as itself or as text. */
export function flag(fallback: boolean) {
  const message = "true or false";
  const text = v.pipe(
    v.string(),
    v.regex(/^(?:true|false)$/, message),
    v.transform((value) => value === "true"),
  );
  return v.optional(v.union([v.boolean(), text], message), fallback);
}

/** Text of a pattern; empty is unset. */
export function optionalText(pattern: RegExp, message: string) {
  return v.optional(v.union([emptyAsUnset(), v.pipe(v.string(), v.trim(), v.regex(pattern, message))], message));
}

/** What a parser of a setting gives for text that is none: what the setting should hold. */
export interface Problem {
  problem: string;
}

/** What a parser makes of text, with a default text. */
export function checked<T>(fallback: string, parse: (text: string) => T) {
  return v.optional(parsedBy(parse), fallback);
}

/** What a parser makes of text; empty is unset. */
export function optionalChecked<T>(parse: (text: string) => T) {
  return v.optional(v.union([emptyAsUnset(), parsedBy(parse)], (issue) => firstMessage(issue)));
}

/** An empty variable is what a dashboard leaves behind: it means unset. */
function emptyAsUnset() {
  return v.pipe(
    v.string(),
    v.regex(/^\s*$/),
    v.transform(() => undefined),
  );
}

function parsedBy<T>(parse: (text: string) => T) {
  return v.pipe(
    v.string("text"),
    v.rawTransform<string, Exclude<T, Problem>>(({ dataset, addIssue, NEVER }) => {
      const result = parse(dataset.value.trim());
      if (!isProblem(result)) return result as Exclude<T, Problem>;
      addIssue({ message: result.problem });
      return NEVER;
    }),
  );
}

function isProblem(result: unknown): result is Problem {
  return typeof result === "object" && result !== null && "problem" in result;
}

/** The message of the last branch: the first only tells empty text from other text. */
function firstMessage(issue: v.BaseIssue<unknown>): string {
  return issue.issues?.at(-1)?.message ?? "text";
}
