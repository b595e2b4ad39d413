import { formatBytes, formatCount, formatDate, formatTime } from "../pages/format.ts";
import { Icon, Icons } from "../pages/icons.tsx";
import { renderPage } from "../pages/page.tsx";
import type { Crumb, Gallery, GalleryFile, GalleryFolder } from "./gallery.ts";
import { GALLERY_STYLE } from "./gallery-style.ts";

/** From this length on, the two lines under an image may not hold its name: then pointing at it shows the whole. */
const CUT_FROM = 35;

/** The page of a folder. */
export function galleryPage(gallery: Gallery, robots: "index" | "noindex"): string {
  const { crumbs, folders, files, endsAt } = gallery;
  const images = files.filter(({ thumbnail }) => thumbnail !== undefined);
  const others = files.filter(({ thumbnail }) => thumbnail === undefined);
  const title = crumbs.at(-1)?.name ?? "";
  return renderPage({
    title,
    style: GALLERY_STYLE,
    robots,
    children: (
      <>
        <Icons names={["folder", "file", "download", "copy", "next"]} />
        <header>
          <Path crumbs={crumbs.slice(0, -1)} />
          <h1 class="name">
            <bdi>{title}</bdi>
          </h1>
          <p class="quiet">{summaryOf(folders.length, images.length, others.length)}</p>
          {endsAt !== undefined && <Ending at={endsAt} />}
        </header>
        <main>
          <Folders folders={folders} />
          <Images images={images} isAlone={folders.length + others.length === 0} />
          <Files files={others} isAlone={folders.length + images.length === 0} />
          {folders.length + files.length === 0 && <p class="empty">There is nothing to see here.</p>}
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

function Folders({ folders }: { folders: GalleryFolder[] }) {
  if (folders.length === 0) return null;
  return (
    <section aria-label="Folders">
      <ul class="folders">
        {folders.map(({ name, href }) => (
          <li>
            <a href={href}>
              <Icon name="folder" />
              <bdi class="name">{name}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Images({ images, isAlone }: { images: GalleryFile[]; isAlone: boolean }) {
  if (images.length === 0) return null;
  return (
    <section aria-label="Pictures">
      {!isAlone && <h2>Pictures</h2>}
      <ul class="images">
        {images.map((image) => (
          <li>
            <a class="shot" href={image.href}>
              <img src={image.thumbnail} alt="" width="320" height="320" loading="lazy" decoding="async" />
              <bdi class="name" title={image.name.length > CUT_FROM ? image.name : undefined}>
                {image.name}
              </bdi>
            </a>
            <div class="facts">
              <Facts file={image} />
              <Buttons file={image} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Files({ files, isAlone }: { files: GalleryFile[]; isAlone: boolean }) {
  if (files.length === 0) return null;
  return (
    <section aria-label="Files">
      {!isAlone && <h2>Other files</h2>}
      <ul class="files">
        {files.map((file) => (
          <li>
            <Icon name="file" />
            <div class="text">
              <a href={file.href}>
                <bdi class="name">{file.name}</bdi>
              </a>
              <Facts file={file} />
            </div>
            <Buttons file={file} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ file: { bytes, uploadedAt } }: { file: GalleryFile }) {
  return (
    <p class="quiet small">
      {formatBytes(bytes)}
      <span class="sr">, </span>
      <time datetime={new Date(uploadedAt).toISOString()}>{formatDate(uploadedAt)}</time>
    </p>
  );
}

function Buttons({ file: { name, href } }: { file: GalleryFile }) {
  return (
    <div class="buttons">
      <a class="icon" href={href} download={name} title="Download" aria-label={`Download ${name}`}>
        <Icon name="download" />
      </a>
      <button class="icon" type="button" data-copy title="Copy address" aria-label={`Copy the address of ${name}`}>
        <Icon name="copy" />
      </button>
    </div>
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
