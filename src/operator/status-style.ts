/** The style of the owner's pages, in addition to that of all pages. */
export const STATUS_STYLE = `
:root { --ok: #1e7a3c; --degraded: #8a5a00; --down: #b3261e; --ok-ground: #e6f3e9; --degraded-ground: #fbf0d9; --down-ground: #fbe7e5; }
@media (prefers-color-scheme: dark) {
  :root { --ok: #7fd197; --degraded: #f0bf5a; --down: #ff9d94; --ok-ground: #17281c; --degraded-ground: #2e2512; --down-ground: #34191a; }
}
main, header, footer { max-width: 60rem; }
.top { display: flex; justify-content: space-between; gap: 1rem; overflow-wrap: anywhere; }
.top a { text-decoration: underline; text-underline-offset: .25em; }
.lead-in { margin: -.5rem 0 .9rem; }
.health {
  display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; align-items: start; margin-top: .75rem;
  padding: 1.1rem 1.25rem; border-radius: .9rem; border: 1px solid transparent;
}
.health > svg { width: 2.25rem; height: 2.25rem; }
.health h1 { margin: 0; font-size: clamp(1.35rem, 1.1rem + 1vw, 1.75rem); align-self: center; min-height: 2.25rem; display: flex; align-items: center; }
.health p { grid-column: 2; max-width: 46rem; color: var(--text); overflow-wrap: anywhere; }
.health .since { display: block; margin-top: .15rem; }
.ok { color: var(--ok); background: var(--ok-ground); border-color: color-mix(in srgb, var(--ok) 30%, transparent); }
.degraded { color: var(--degraded); background: var(--degraded-ground); border-color: color-mix(in srgb, var(--degraded) 30%, transparent); }
.down { color: var(--down); background: var(--down-ground); border-color: color-mix(in srgb, var(--down) 30%, transparent); }
.said { display: flex; gap: .75rem; margin-top: .75rem; padding: .8rem 1rem; border-radius: .7rem; border: 1px solid transparent; }
.said svg { width: 1.35rem; height: 1.35rem; }
.said p { margin: 0; color: var(--text); overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .9rem; font-size: 1.125rem; letter-spacing: -.005em; }
.times { display: grid; gap: 1.25rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); margin: 1.5rem 0 0; }
.times dt, .facts dt { color: var(--quiet); font-size: .875rem; }
.times dd { margin: .1rem 0 0; }
.times .lead { display: block; font-size: 1.125rem; font-weight: 600; }
.facts { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .6rem 2rem; margin: 0; }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.facts .warnings { margin-top: .25rem; }
.warnings li { display: flex; gap: .5rem; align-items: flex-start; }
.warnings svg { width: 1.1rem; height: 1.1rem; margin-top: .2rem; color: var(--degraded); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; margin-top: 1.25rem; }
.rotations { margin: 0; }
.chart { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; }
.chart ul { font-size: .75rem; color: var(--quiet); }
.chart li { height: 20px; line-height: 20px; }
.chart svg { width: 100%; height: 100%; overflow: visible; }
.chart .run { stroke-width: 2; }
.chart .published { stroke: var(--ok); fill: var(--ok); }
.chart .published-unproven { stroke: var(--degraded); fill: none; }
.chart .failed { stroke: var(--down); fill: none; }
.chart .life { fill: var(--ok); stroke: none; opacity: .16; }
.chart .lane { stroke: var(--line); stroke-width: 1; }
.chart .now { stroke: var(--text); stroke-width: 1; stroke-dasharray: 2 3; }
.dates { font-size: .75rem; fill: var(--quiet); stroke: none; }
.key { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; margin-top: .6rem; font-size: .8125rem; color: var(--quiet); }
.key li { display: flex; gap: .4rem; align-items: center; }
.key svg { width: 12px; height: 12px; overflow: visible; }
details { margin-top: .75rem; }
summary { cursor: pointer; color: var(--quiet); font-size: .875rem; min-height: 1.75rem; width: fit-content; }
summary:hover { color: var(--text); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem 1.25rem .45rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
td code, dd code, th code { font-size: .8125rem; overflow-wrap: anywhere; }
code { font-family: ui-monospace, SFMono-Regular, Consolas, monospace; font-size: .875em; }
tr.default td, tr.default th { color: var(--quiet); font-weight: 400; }
.purges { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); }
form.card { display: grid; gap: .5rem; align-content: start; padding: 1rem 1.1rem 1.1rem; border: 1px solid var(--line); border-radius: .8rem; background: var(--raised); }
label { font-weight: 600; font-size: .9375rem; }
input, textarea {
  width: 100%; padding: .6rem .7rem; border: 1px solid var(--quiet); border-radius: .5rem; background: var(--ground); color: var(--text);
  font: .875rem/1.4 ui-monospace, SFMono-Regular, Consolas, monospace; resize: vertical;
}
form .button { justify-self: start; }
form.card .button { margin-top: .35rem; }
.settings { margin-top: .5rem; }
footer { padding-block: 0 3rem; font-size: .8125rem; color: var(--quiet); overflow-wrap: anywhere; }
@media (max-width: 32rem) {
  .chart circle { r: 2px; }
  .health { grid-template-columns: 1fr; }
  .health p { grid-column: 1; }
  .facts { grid-template-columns: 1fr; gap: .1rem; }
  .facts dd { margin-bottom: .75rem; }
  .settings thead { display: none; }
  .settings tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .settings th, .settings td { display: block; border: 0; padding: 0; overflow-wrap: anywhere; }
}
`;
