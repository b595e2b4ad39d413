/** The style of a folder's page, in addition to that of all pages. */
export const GALLERY_STYLE = `
.folders { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .6rem; }
.folders a {
  display: flex; align-items: center; gap: .65rem; min-height: 3.25rem; height: 100%; padding: .5rem .8rem;
  border: 1px solid var(--line); border-radius: .7rem; background: var(--raised); font-weight: 500; font-size: .9375rem; line-height: 1.25;
}
.folders li { display: flex; align-items: center; }
.folders a { flex: 1; min-width: 0; }
.folders .text { min-width: 0; }
.folders .mark { display: table; }
/* With a button beside it, a folder needs more room. */
.folders:has(button) { grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); }
.folders a:hover { border-color: var(--quiet); text-decoration: none; }
.folders a > svg { width: 1.4rem; height: 1.4rem; color: var(--quiet); }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 1.25rem .75rem; }
.shot { display: block; }
/* The square keeps the image's place until it has loaded, so that nothing jumps. */
.shot img {
  display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: cover; border-radius: .7rem; background: var(--sunk);
  color: transparent; font-size: 0; transition: filter .15s;
}
.shot:hover img { filter: brightness(.93); }
.shot:hover { text-decoration: none; }
.shot:hover .name { text-decoration: underline; text-underline-offset: .2em; }
.shot .name {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden;
  margin-top: .5rem; font-size: .875rem; line-height: 1.3; font-weight: 500;
}
.facts { display: flex; align-items: flex-start; justify-content: space-between; gap: .25rem; }
.facts p { margin: .25rem 0 0; line-height: 1.35; }
.facts time { display: block; }
.facts div { display: flex; margin: 0 -.45rem 0 0; }
.files { border-top: 1px solid var(--line); }
.files li {
  display: grid; grid-template-columns: auto 1fr auto; align-items: center; gap: 0 .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line);
}
.files li > svg { width: 1.4rem; height: 1.4rem; color: var(--quiet); }
.files .text { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; justify-content: space-between; min-width: 0; }
.files a { font-weight: 500; font-size: .9375rem; }
.files time { margin-left: 1rem; }
.facts .mark { display: table; margin-bottom: .2rem; }
.files .mark { margin-right: 1rem; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; margin-top: 1rem; }
.life { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; font-size: .9375rem; }
.files .buttons { display: flex; }
.empty { padding: clamp(2rem, 10vh, 6rem) 0; text-align: center; color: var(--quiet); }
.pages { display: flex; justify-content: space-between; gap: .75rem; margin-top: 2.5rem; }
.pages :last-child { margin-left: auto; }
@media (min-width: 40rem) {
  .folders:not(:has(button)) { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
  .folders { gap: .75rem; }
  .images { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1.75rem 1.25rem; }
}
`;
