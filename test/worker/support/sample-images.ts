const files = import.meta.glob<string>("../../local-site/images/**/*.{jpg,png,webp,gif,avif}", {
  query: "?inline",
  eager: true,
  import: "default",
});
const FOLDER = "../../local-site/images/";

/** The content of a sample image of the local site. */
export function sampleImage(name: string): Uint8Array<ArrayBuffer> {
  const [, base64] = files[FOLDER + name]?.split(";base64,") ?? [];
  if (base64 === undefined) throw new Error(`there is no sample image ${name}`);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
