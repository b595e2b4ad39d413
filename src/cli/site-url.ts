import { UsageError } from "./command.ts";

/** The origin of a site that a person has written for `flag`, with or without a slash. Throws `UsageError`. */
export function readOrigin(flag: string, text: string): string {
  const url = URL.parse(text);
  // The whole address: a user, a query or a fragment would silently be lost.
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new UsageError(`${flag} must be your site without a path, such as https://image.example.com.`);
  }
  return url.origin;
}
