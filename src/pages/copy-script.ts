/**
 * The only script of the pages: a button «copy» gets the address of the first link in its item, and says so. Without
 * script the buttons are not there.
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
  const { href } = button.closest("li").querySelector("a");
  try {
    await navigator.clipboard.writeText(href);
    say("Address copied");
  } catch {
    prompt("The address:", href);
  }
});
`;
