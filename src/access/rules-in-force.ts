import type { CorsOrigins } from "./cors.ts";
import type { AccessRules } from "./decide-access.ts";

/** Who may see what, by the checked settings: a text for each variable that protects something. */
export function rulesInForce(settings: AccessRules & { corsOrigins: CorsOrigins }): Record<string, string> {
  const { privatePrefixes, refererRules, allowEmptyReferer, corsOrigins, fileNamePrefix } = settings;
  return {
    PRIVATE_PREFIXES: privatePrefixes.length === 0 ? "none" : privatePrefixes.map(asEntry).join(", "),
    ALLOWED_REFERERS:
      refererRules?.map(({ host, subdomains }) => (subdomains ? `*.${host}` : host)).join(", ") ?? "everybody",
    ALLOW_EMPTY_REFERER: String(allowEmptyReferer),
    CORS_ALLOW_ORIGINS: corsOrigins.kind === "any" ? "*" : corsOrigins.origins.join(", "),
    B2_FILE_NAME_PREFIX: fileNamePrefix === "" ? "none" : fileNamePrefix,
  };
}

/** Encodes commas in a folder's name, so that they do not look like separators. */
function asEntry(folder: string): string {
  return folder.replaceAll(",", "%2C");
}
