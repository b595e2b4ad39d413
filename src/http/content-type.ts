/** HTML, all kinds of XML (SVG, XHTML, feeds), scripts, and formats that can contain a page. */
const CAN_RUN_SCRIPT = /html|xml|xsl|script|multipart|mhtml/i;
/** `type/subtype`, optionally with parameters (RFC 9110 §8.3.1). */
const MEDIA_TYPE = /^[!#$%&'*+.^`|~\w-]+\/[!#$%&'*+.^`|~\w-]+[ \t]*(?:;|$)/;

/** Whether a browser might run script in content of this type. Content without a valid type might be anything. */
export function canRunScript(contentType: string | null): boolean {
  return contentType === null || !MEDIA_TYPE.test(contentType) || CAN_RUN_SCRIPT.test(contentType);
}
