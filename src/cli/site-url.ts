import { UsageError } from "./command.ts";

/** Reads the origin of a site from the value of `flag`, with or without a slash at its end. Throws `UsageError`. */
export function readOrigin(flag: string, text: string): string {
  const url = URL.parse(text);
  // Compares the whole URL, since a user name, a query or a fragment would otherwise be dropped silently.
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new UsageError(`${flag} must be your site without a path, such as https://image.example.com.`);
  }
  return url.origin;
}
