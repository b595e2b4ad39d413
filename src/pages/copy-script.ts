/**
 * The only script of the pages: a button with `data-copy` copies the address that stands there, or that of the first link
 * in its item, and says so. Without script these buttons are not there.
 */
export const COPY_SCRIPT = `
document.documentElement.classList.add("script");
const toast = document.querySelector("[role=status]");
let clearing;
function say(text) {
  toast.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => { toast.textContent = ""; }, 3000);
}
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
