import { type Account, listBuckets } from "../../b2/api.ts";
import { B2Error } from "../../b2/error.ts";
import type { Questions } from "./questions.ts";

/** Chooses the bucket to serve: the given one, the key's only one, or the one that the person picks. */
export async function chooseBucket(account: Account, given: string | undefined, questions: Questions): Promise<string> {
  if (given !== undefined && given !== "") return given;
  const names = await bucketNames(account);
  const [only, second] = names;
  if (only !== undefined && second === undefined) return only;
  const question = { flag: "--bucket", message: "Which bucket?" };
  if (only === undefined) return (await questions.text({ ...question, message: "The bucket's name?" })).trim();
  return await questions.choose({
    flag: "--bucket",
    message: questions.asksNobody ? `Which bucket? The key reaches ${names.join(", ")}` : question.message,
    options: names.map((name) => ({ value: name, label: name })),
  });
}

/** The names of the buckets that the key reaches, as far as it may list them. */
async function bucketNames(account: Account): Promise<string[]> {
  if (account.buckets !== null) return account.buckets.flatMap(({ name }) => name ?? []);
  try {
    return account.capabilities.includes("listBuckets") ? (await listBuckets(account)).map(({ name }) => name) : [];
  } catch (error) {
    if (error instanceof B2Error) return [];
    throw error;
  }
}
