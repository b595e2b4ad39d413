import type { StoredFile } from "../../b2/stored-file.ts";
import type { Settings } from "../../settings.ts";
import type { Answer, SiteClient } from "./site-client.ts";

/** A file of the bucket, with B2's metadata if the key could ask for it. */
export interface KnownFile {
  path: string;
  canonicalPath: string;
  stored: (StoredFile & { completeLength: number }) | undefined;
}

/** How a search for files went. `cut short`: the bucket has more files than were looked at, and those have no public picture. */
export type Search = "not tried" | "key refused" | "not allowed" | "failed" | "cut short" | "done";

/** Everything that the checks of a deployed site need. */
export interface Examination {
  client: SiteClient;
  /** undefined: this machine has no settings that parse. */
  settings: Settings | undefined;
  operatorToken: string | undefined;
  image: KnownFile | undefined;
  /** How the search for an image went, if one was needed. */
  search: Search;
  privateFile: KnownFile | undefined;
  /** The origins of the site's other addresses. */
  otherOrigins: string[];
}

/** An image, with the site's answer for it. */
export interface Shown {
  file: KnownFile;
  answer: Answer;
}

/** Whether every answer of the site depends on hotlink protection, so that no cache in front may keep it. */
export function isChecked({ settings }: Examination): boolean {
  return settings?.refererRules !== undefined;
}
