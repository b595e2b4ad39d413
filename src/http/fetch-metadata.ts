/**
 * Whether a page of another site shows the answer inside itself, by what browsers say of each request that they send to
 * an https: address (https://www.w3.org/TR/fetch-metadata/): it comes from another site, and is no visit to the address
 * itself, as by a link. Programs and old browsers say nothing.
 */
export function isCrossSiteEmbed(fields: Headers): boolean {
  if (fields.get("Sec-Fetch-Site") !== "cross-site") return false;
  return fields.get("Sec-Fetch-Mode") !== "navigate" || fields.get("Sec-Fetch-Dest") !== "document";
}
