import { randomBytes } from "node:crypto";

/** Variables of the local site in place of the owner's, whose bucket and prefix the local B2 does not have. */
export const LOCAL_VARIABLES = {
  B2_BUCKET_NAME: "images",
  B2_FILE_NAME_PREFIX: "",
  // A folder shows its own page if it has one, else what is in it.
  INDEX_FILE: "index.html",
  LISTED_PREFIXES: "/",
};

/** Secrets besides the application key, made anew for each start: the owner's own are not read. */
export function makeLocalSecrets() {
  return {
    B2_EVENT_SIGNING_SECRET: randomBytes(16).toString("hex"),
    OPERATOR_TOKEN: randomBytes(12).toString("hex"),
    // Without one, nothing is served when wrangler.toml has private folders.
    URL_SIGNING_KEYS: `local:${randomBytes(24).toString("hex")}`,
  };
}
