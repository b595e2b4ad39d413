/** The shapes of the icons. A page has each shape once, and `Icon` refers to it. */
const SHAPES = {
  folder: "M3 6.5a2 2 0 0 1 2-2h4l2.5 2.5H19a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z",
  file: "M13.5 3.5H7a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9zm0 0V9H19",
  download: "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14",
  copy: "M9 9h9.5a1.5 1.5 0 0 1 1.5 1.5V20a1.5 1.5 0 0 1-1.5 1.5H9A1.5 1.5 0 0 1 7.5 20v-9.5A1.5 1.5 0 0 1 9 9zM4.5 15A1.5 1.5 0 0 1 3 13.5V4A1.5 1.5 0 0 1 4.5 2.5H14A1.5 1.5 0 0 1 15.5 4",
  purge: "M20 11a8 8 0 0 0-14.3-4L3.5 9M3.5 4v5h5M4 13a8 8 0 0 0 14.3 4l2.2-2M20.5 20v-5h-5",
  next: "M5 12h14m-6-6 6 6-6 6",
  // They differ without colour too: a tick in a circle, an exclamation mark in a triangle, a cross in an octagon.
  ok: "M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19zM7.5 12.5l3 3 6-6.5",
  degraded: "M12 3 22 20.5H2zM12 9.5v5m0 2.8v.1",
  down: "M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8zM8.5 8.5l7 7m0-7-7 7",
};

/** The name of an icon. */
export type IconName = keyof typeof SHAPES;

/** Defines the shapes that a page uses. It stands once, at the top of the page. */
export function Icons({ names }: { names: IconName[] }) {
  return (
    <svg width="0" height="0" class="sr" aria-hidden="true">
      {names.map((name) => (
        <symbol id={`i-${name}`} viewBox="0 0 24 24">
          <path d={SHAPES[name]} />
        </symbol>
      ))}
    </svg>
  );
}

/** An icon, whose shape the page's `Icons` must define. Screen readers skip it: the words beside it say the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}
