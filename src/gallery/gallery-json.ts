import type { Gallery } from "./gallery.ts";

/** A folder's page as JSON. Addresses are URL paths with their query, the same as the links on the page. */
export function galleryJson({ folders, files, next }: Gallery): string {
  return JSON.stringify({
    folders: folders.map(({ name, href }) => ({ name, url: href })),
    files: files.map(({ name, href, thumbnail, bytes, contentType, uploadedAt }) => ({
      name,
      url: href,
      ...(thumbnail !== undefined && { thumbnail }),
      bytes,
      ...(contentType !== undefined && { type: contentType }),
      uploadedAt: new Date(uploadedAt).toISOString(),
    })),
    next: next ?? null,
  });
}
