import type { CorsOrigins } from "./cors.ts";
import type { AccessRules } from "./decide-access.ts";

/** The settings that say who may see what. */
export type VisibleRules = AccessRules & { corsOrigins: CorsOrigins; listedPrefixes: readonly string[] };

/** Who may see what, as the settings were understood: a text for each variable that says so. */
export function rulesInForce(settings: VisibleRules): Record<string, string> {
  const { privatePrefixes, listedPrefixes, refererRules, allowEmptyReferer, corsOrigins, fileNamePrefix } = settings;
  return {
    PRIVATE_PREFIXES: foldersAsText(privatePrefixes),
    LISTED_PREFIXES: listedPrefixes.includes("") ? "/" : foldersAsText(listedPrefixes),
    ALLOWED_REFERERS:
      refererRules?.map(({ host, subdomains }) => (subdomains ? `*.${host}` : host)).join(", ") ?? "everybody",
    ALLOW_EMPTY_REFERER: String(allowEmptyReferer),
    CORS_ALLOW_ORIGINS: corsOrigins.kind === "any" ? "*" : corsOrigins.origins.join(", "),
    B2_FILE_NAME_PREFIX: fileNamePrefix === "" ? "none" : fileNamePrefix,
  };
}

function foldersAsText(folders: readonly string[]): string {
  return folders.length === 0 ? "none" : folders.map(asEntry).join(", ");
}

/** A comma in the name of a folder does not look like one between two. */
function asEntry(folder: string): string {
  return folder.replaceAll(",", "%2C");
}
