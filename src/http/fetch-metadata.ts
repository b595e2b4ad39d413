/**
 * Whether a page of another site embeds the answer, by the fields that browsers add to each request to an https: address
 * (https://www.w3.org/TR/fetch-metadata/): the request comes from another site, and is not a visit to the address itself, as
 * a click on a link is. Programs and old browsers do not send these fields.
 */
export function isCrossSiteEmbed(fields: Headers): boolean {
  if (fields.get("Sec-Fetch-Site") !== "cross-site") return false;
  return fields.get("Sec-Fetch-Mode") !== "navigate" || fields.get("Sec-Fetch-Dest") !== "document";
}
