/** The file name in a `Content-Disposition` (RFC 6266 §4.3): quoted, as a token, or in the extended form of RFC 8187. */
const FILE_NAME = /(;[ \t]*filename[ \t]*=[ \t]*")((?:[^"\\]|\\.)*)(")|(;[ \t]*filename\*?[ \t]*=[ \t]*)([^\s;"]+)/gi;
const EXTENSION = /\.[A-Za-z0-9]{1,5}$/;

/** Changes the extension of the file name in the field, for instance to `webp`. Without a file name nothing changes. */
export function withFileExtension(field: string, extension: string): string {
  return field.replace(FILE_NAME, (_, quoteStart = "", quoted, quoteEnd = "", tokenStart = "", token) => {
    const name = quoted ?? token ?? "";
    return `${quoteStart}${tokenStart}${name.replace(EXTENSION, "")}.${extension}${quoteEnd}`;
  });
}
