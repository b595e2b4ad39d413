// Tells under each picture how much of its original it took, as the browser measured it.

const TYPES = { avif: "AVIF", gif: "GIF", jpeg: "JPEG", png: "PNG", "svg+xml": "SVG", webp: "WebP" };

for (const figure of document.querySelectorAll("figure")) tellSize(figure);

async function tellSize(figure) {
  const image = figure.querySelector("img");
  await image.decode();
  const entries = performance.getEntriesByName(image.currentSrc, "resource");
  const { decodedBodySize, contentType } = entries.find(({ initiatorType }) => initiatorType === "img");
  const type = TYPES[contentType.replace("image/", "")] ?? contentType;
  const whole = image.currentSrc === image.src ? "" : ` of ${await lengthOf(image.src)}`;
  figure.querySelector("span").textContent = `${kilobytes(decodedBodySize)}${whole}, ${type}`;
}

/** How long a file is, without getting it. */
async function lengthOf(url) {
  const { headers } = await fetch(url, { method: "HEAD" });
  return kilobytes(Number(headers.get("Content-Length")));
}

/** Such as «148 KB». */
function kilobytes(bytes) {
  return `${Math.max(1, Math.round(bytes / 1000))} KB`;
}
