/** The types that today's browsers show in a page. Of others, such as HEIC and TIFF, only some do. */
const SHOWN_TYPES = /^image\/(?:avif|bmp|gif|jpeg|jpg|png|apng|svg\+xml|webp|x-icon|vnd\.microsoft\.icon)(?:;|$)/i;
const SHOWN_ENDINGS = /\.(?:avif|bmp|gif|jpe?g|jfif|png|apng|svg|webp|ico)$/i;
/** What uploaders say who do not know. */
const UNKNOWN_TYPES = /^(?:application|binary)\/octet-stream(?:;|$)/i;

/** Whether a file is shown as an image: by its type, or by its name where the type says nothing. */
export function isImage(name: string, contentType: string | undefined): boolean {
  return contentType === undefined || contentType === "" || UNKNOWN_TYPES.test(contentType)
    ? SHOWN_ENDINGS.test(name)
    : SHOWN_TYPES.test(contentType);
}
