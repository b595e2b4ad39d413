/**
 * The only script of the pages. When an image does not load, such as a thumbnail that cannot be made now, the target of its
 * link takes its place. A button with `data-copy` copies the address in that attribute, or else the address of the first
 * link in its list item, and says so. Without script these buttons are hidden.
 */
export const PAGE_SCRIPT = `
document.documentElement.classList.add("script");
const toast = document.querySelector("[role=status]");
let clearing;
function say(text) {
  toast.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => { toast.textContent = ""; }, 3000);
}
function fallBack(image) {
  const link = image.closest("a");
  if (link !== null && image.src !== link.href) image.src = link.href;
}
for (const image of document.images) if (image.complete && image.naturalWidth === 0 && image.currentSrc) fallBack(image);
document.addEventListener("error", ({ target }) => { if (target instanceof HTMLImageElement) fallBack(target); }, true);
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button === null) return;
  const address = button.dataset.copy || button.closest("li").querySelector("a").href;
  const { href } = new URL(address, location);
  try {
    await navigator.clipboard.writeText(href);
    say("Address copied");
  } catch {
    prompt("The address:", href);
  }
});
`;
