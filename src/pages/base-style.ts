/** The style of all pages: colours for light and dark, type, links, buttons, the path of folders at the top. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --raised: #fff; --sunk: #efedea; --line: #dedad5;
  --text: #1d1b19; --quiet: #655f59; --accent: #1a56b0; --shade: rgb(60 45 30 / .12);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151413; --raised: #1f1e1c; --sunk: #262422; --line: #383532;
    --text: #eeebe7; --quiet: #aaa39b; --accent: #8fb8ff; --shade: rgb(0 0 0 / .5);
  }
}
* { box-sizing: border-box; }
html { text-size-adjust: 100%; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--text);
  font: 1rem/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main, header, footer { max-width: 92rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 3rem); }
header { padding-block: clamp(1rem, 3vw, 2rem) 0; }
main { padding-block: 1rem 3rem; }
h1 { margin: .15em 0 .1em; font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.25rem); line-height: 1.15; letter-spacing: -.015em; }
h2 { margin: 2rem 0 .75rem; font-size: 1rem; font-weight: 600; }
main > :first-child > h2 { margin-top: .75rem; }
p { margin: .25rem 0; }
a { color: inherit; text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: .2em; }
ul, ol { margin: 0; padding: 0; list-style: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
.quiet { color: var(--quiet); }
.small { font-size: .8125rem; }
/* A name may have several spaces in a row, or none at which to break the line. */
.name { white-space: pre-wrap; overflow-wrap: anywhere; }
.path ol { display: flex; flex-wrap: wrap; gap: 0 .5rem; color: var(--quiet); font-size: .875rem; }
.path li { display: flex; gap: .5rem; min-height: 1.5rem; align-items: center; }
.path a { text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .25em; }
.path a:hover { color: var(--text); text-decoration-color: currentColor; }
.path li + li::before { content: "/"; color: var(--line); }
.notice {
  margin-top: .75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--raised);
  font-size: .875rem; width: fit-content;
}
.button {
  display: inline-flex; align-items: center; gap: .5rem; min-height: 2.6rem; padding: 0 .9rem; border-radius: .6rem;
  border: 1px solid var(--line); background: var(--raised); color: var(--text); font: inherit; font-size: .9375rem; font-weight: 500; cursor: pointer;
}
.button:hover { border-color: var(--quiet); text-decoration: none; }
.icon {
  display: inline-grid; place-items: center; width: 2.25rem; height: 2.25rem; padding: 0; flex: none; border: 0;
  border-radius: .5rem; background: none; color: var(--quiet); cursor: pointer;
}
.icon:hover { background: var(--sunk); color: var(--text); }
.icon svg, .button svg { width: 1.125rem; height: 1.125rem; }
svg { fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
html:not(.script) [data-copy] { display: none; }
select {
  min-height: 2.6rem; padding: 0 .5rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--raised);
  color: var(--text); font: inherit;
}
.mark {
  display: inline-block; padding: 0 .45em; border: 1px solid currentColor; border-radius: 1em; color: var(--quiet);
  font-size: .75rem; line-height: 1.5; font-weight: 500;
}
[role=status]:not(:empty) {
  position: fixed; inset: auto 1rem 1rem; width: fit-content; margin-inline: auto; padding: .6rem 1rem; border-radius: .6rem;
  background: var(--text); color: var(--ground); font-size: .875rem; box-shadow: 0 .25rem 1rem var(--shade);
}
`;
