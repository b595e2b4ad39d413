import * as v from "valibot";
import { badRequest } from "./problem.ts";

/** What a client posted, checked by a schema. Throws 400 with the place and what is wrong there. */
export function parse<T extends v.GenericSchema>(schema: T, posted: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, posted);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw badRequest(`${v.getDotPath(issue) ?? "The request body"}: ${issue.message}`);
}
