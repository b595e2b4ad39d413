import * as v from "valibot";

/** What a parser of a setting gives for a value that does not fit: what the setting should hold. */
export interface Misfit {
  problem: string;
}

// Each kind takes the name of the variable first and keeps it as the title of its schema.

/** A secret that must be there. The problem goes on with how to set it. */
export function secret(name: string, what: string) {
  const message = `${what}; set it with: npx wrangler secret put ${name}`;
  return v.pipe(v.optional(v.pipe(v.string(message), v.trim(), v.minLength(1, message)), ""), v.title(name));
}

/** Seconds, as a number or as text: wrangler.toml takes both. */
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

/** `true` or `false`, as itself or as text. */
export function flag(name: string, fallback: boolean) {
  const message = "true or false";
  const word = v.pipe(
    v.string(),
    v.regex(/^(?:true|false)$/, message),
    v.transform((value) => value === "true"),
  );
  return v.pipe(v.optional(v.union([v.boolean(), word], message), fallback), v.title(name));
}

/** What a parser makes of text, or of the fallback when the variable is not there. */
export function text<T>(name: string, parse: (given: string) => T | Misfit, fallback = "") {
  const parsed = v.pipe(
    v.string("text"),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const result = parse(dataset.value.trim());
      if (!isMisfit(result)) return result;
      addIssue({ message: result.problem });
      return NEVER;
    }),
  );
  return v.pipe(v.optional(parsed, fallback), v.title(name));
}

/** Lets a parser give undefined for empty text: an empty variable is what a dashboard leaves behind. */
export function optional<T>(parse: (given: string) => T | Misfit): (given: string) => T | undefined | Misfit {
  return (given) => (given === "" ? undefined : parse(given));
}

/** Lets a parser of a list give an empty one for empty text. */
export function optionalList<T>(parse: (given: string) => T[] | Misfit): (given: string) => T[] | Misfit {
  return (given) => (given === "" ? [] : parse(given));
}

function isMisfit(result: unknown): result is Misfit {
  return typeof result === "object" && result !== null && "problem" in result;
}
