import { formatBytes, formatDate } from "../pages/format.ts";
import { Icon } from "../pages/icons.tsx";
import type { GalleryFile, GalleryFolder, OwnerNote } from "./gallery.ts";

/** Longer names may not fit into the two lines under an image, so they get a tooltip with the whole name. */
const CUT_FROM = 35;

/** The folders within a folder. */
export function Folders({ folders }: { folders: GalleryFolder[] }) {
  if (folders.length === 0) return null;
  return (
    <section aria-label="Folders">
      <ul class="folders">
        {folders.map(({ name, href, note }) => (
          <li>
            <a href={href}>
              <Icon name="folder" />
              <span class="text">
                <bdi class="name">{name}</bdi>
                <Marks note={note} />
              </span>
            </a>
            {note?.share !== undefined && <CopyButton address={note.share} name={name} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The images of a folder, as thumbnails. `isAlone`: the page shows nothing else, so no heading is needed. */
export function Images({ images, isAlone }: { images: GalleryFile[]; isAlone: boolean }) {
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

/** The other files of a folder. `isAlone`: the page shows nothing else, so no heading is needed. */
export function Files({ files, isAlone }: { files: GalleryFile[]; isAlone: boolean }) {
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

function Facts({ file: { bytes, uploadedAt, note } }: { file: GalleryFile }) {
  return (
    <p class="quiet small">
      <Marks note={note} />
      {formatBytes(bytes)}
      <span class="sr">, </span>
      <time datetime={new Date(uploadedAt).toISOString()}>{formatDate(uploadedAt)}</time>
    </p>
  );
}

function Marks({ note }: { note: OwnerNote | undefined }) {
  return note?.marks.map((mark) => <span class="mark">{mark}</span>) ?? null;
}

function Buttons({ file: { name, href, note } }: { file: GalleryFile }) {
  return (
    <div class="buttons">
      {note?.purge !== undefined && <PurgeButton address={note.purge} name={name} />}
      <a class="icon" href={href} download={name} title="Download" aria-label={`Download ${name}`}>
        <Icon name="download" />
      </a>
      <CopyButton address="" name={name} />
    </div>
  );
}

/** A button that copies an address; "" stands for the first link in the same list item. */
function CopyButton({ address, name }: { address: string; name: string }) {
  const label = `Copy the address of ${name}`;
  return (
    <button class="icon" type="button" data-copy={address} title="Copy address" aria-label={label}>
      <Icon name="copy" />
    </button>
  );
}

/** A submit button of the form `purge` on the owner's page. */
function PurgeButton({ address, name }: { address: string; name: string }) {
  const label = `Purge ${name}`;
  return (
    <button class="icon" type="submit" form="purge" name="paths" value={address} title="Purge" aria-label={label}>
      <Icon name="purge" />
    </button>
  );
}
