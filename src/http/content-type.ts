/** HTML, XML in all its kinds (SVG, XHTML, feeds), script itself, and what may hold a page. */
const CAN_RUN_SCRIPT = /html|xml|xsl|script|multipart|mhtml/i;
/** `type/subtype`, and perhaps parameters (RFC 9110 §8.3.1). */
const MEDIA_TYPE = /^[!#$%&'*+.^`|~\w-]+\/[!#$%&'*+.^`|~\w-]+[ \t]*(?:;|$)/;

/** Whether a browser might run script in content of this type. Content without a proper type might be anything. */
export function canRunScript(contentType: string | null): boolean {
  return contentType === null || !MEDIA_TYPE.test(contentType) || CAN_RUN_SCRIPT.test(contentType);
}
