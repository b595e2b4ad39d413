import { formatCount, formatTime } from "../pages/format.ts";
import { Icon, Icons } from "../pages/icons.tsx";
import { renderPage } from "../pages/page.tsx";
import type { Crumb, Gallery } from "./gallery.ts";
import { Files, Folders, Images } from "./gallery-entries.tsx";
import { GALLERY_STYLE } from "./gallery-style.ts";
import { OwnerControls, UnservedFiles } from "./owner-controls.tsx";
import type { OwnerView } from "./owner-gallery.ts";

/** Renders a folder's page as HTML, for visitors or for the owner. */
export function galleryPage(gallery: Gallery & { owner?: OwnerView }, robots: "index" | "noindex"): string {
  const { crumbs, folders, files, endsAt, owner } = gallery;
  const images = files.filter(({ thumbnail }) => thumbnail !== undefined);
  const others = files.filter(({ thumbnail }) => thumbnail === undefined);
  const unserved = owner?.unserved ?? [];
  const title = crumbs.at(-1)?.name ?? "";
  return renderPage({
    title,
    style: GALLERY_STYLE,
    robots,
    children: (
      <>
        <Icons names={["folder", "file", "download", "copy", "next", "purge"]} />
        <header>
          <Path crumbs={crumbs.slice(0, -1)} />
          <h1 class="name">
            <bdi>{title}</bdi>
          </h1>
          <p class="quiet">{summaryOf(folders.length, images.length, others.length)}</p>
          {endsAt !== undefined && <Ending at={endsAt} />}
          {owner !== undefined && <OwnerControls owner={owner} />}
        </header>
        <main>
          <Folders folders={folders} />
          <Images images={images} isAlone={folders.length + others.length === 0} />
          <Files files={others} isAlone={folders.length + images.length === 0} />
          <UnservedFiles files={unserved} />
          {folders.length + files.length + unserved.length === 0 && <p class="empty">There is nothing to see here.</p>}
          <Pages gallery={gallery} />
        </main>
      </>
    ),
  });
}

function summaryOf(folders: number, images: number, others: number): string {
  const parts = [
    folders > 0 ? formatCount(folders, "folder") : "",
    images > 0 ? formatCount(images, "picture") : "",
    others > 0 ? formatCount(others, images > 0 ? "other file" : "file") : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function Path({ crumbs }: { crumbs: Crumb[] }) {
  if (crumbs.length === 0) return null;
  return (
    <nav class="path" aria-label="Folders above">
      <ol>
        {crumbs.map(({ name, href }) => (
          <li>
            {href === undefined ? (
              <bdi class="name">{name}</bdi>
            ) : (
              <a href={href}>
                <bdi class="name">{name}</bdi>
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Ending({ at }: { at: number }) {
  return (
    <p class="notice">
      This link works until <time datetime={new Date(at).toISOString()}>{formatTime(at)}</time>.
    </p>
  );
}

function Pages({ gallery: { first, next } }: { gallery: Gallery }) {
  if (first === undefined && next === undefined) return null;
  return (
    <nav class="pages" aria-label="Pages">
      {first !== undefined && (
        <a class="button" href={first}>
          First page
        </a>
      )}
      {next !== undefined && (
        <a class="button" rel="next" href={next}>
          Next page
          <Icon name="next" />
        </a>
      )}
    </nav>
  );
}
