import type { StoredFile } from "../../b2/stored-file.ts";
import type { Settings } from "../../settings.ts";
import type { Finding } from "../finding.ts";
import type { RequestBudget } from "./requests.ts";
import type { Answer, SiteClient } from "./site-client.ts";

/** A file of the bucket, and what B2 says of it where the key could ask. */
export interface KnownFile {
  path: string;
  canonicalPath: string;
  stored: StoredFile | undefined;
}

/** All that the checks of a deployed site look at. */
export interface Examination {
  client: SiteClient;
  budget: RequestBudget;
  /** undefined: this machine has none that parse. */
  settings: Settings | undefined;
  operatorToken: string | undefined;
  picture: KnownFile | undefined;
  privateFile: KnownFile | undefined;
  /** Other addresses of the site. */
  otherOrigins: string[];
}

/** A picture as the site has shown it. */
export interface Shown {
  file: KnownFile;
  answer: Answer;
}

export type SiteCheck = (examination: Examination) => Promise<Finding[]>;
export type PictureCheck = (examination: Examination, shown: Shown) => Promise<Finding>;

/** Whether every answer of the site depends on a check, so that no cache may stand in front of it. */
export function isChecked({ settings }: Examination): boolean {
  return settings?.refererRules !== undefined;
}
