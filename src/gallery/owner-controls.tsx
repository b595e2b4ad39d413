import { Icon } from "../pages/icons.tsx";
import { LIVES, type OwnerView, type Unserved } from "./owner-gallery.ts";

/** The owner's controls for a folder: share its address, choose how long signed links are valid, purge it. */
export function OwnerControls({ owner }: { owner: OwnerView }) {
  const { folder, fileNamePrefix, share, purge, life } = owner;
  return (
    <>
      {fileNamePrefix !== "" && (
        <p class="quiet small">
          Only names that begin with <bdi class="name">{fileNamePrefix}</bdi> in the bucket are served, and shown here.
        </p>
      )}
      <div class="controls">
        <a class="button" href="/-/status">
          Status
        </a>
        {share !== undefined && (
          <>
            <a class="button" href={share}>
              Visitors' page
            </a>
            <button class="button" type="button" data-copy={share}>
              <Icon name="copy" />
              Copy address
            </button>
          </>
        )}
        <form id="purge" method="post" action="/-/purge">
          {purge !== undefined && (
            <button class="button" type="submit" name="prefix" value={purge}>
              <Icon name="purge" />
              Purge all
            </button>
          )}
        </form>
        {life !== undefined && <LifeForm folder={folder} chosen={life.id} />}
      </div>
    </>
  );
}

function LifeForm({ folder, chosen }: { folder: string; chosen: string }) {
  return (
    <form class="life" method="get" action="/-/files">
      <input type="hidden" name="prefix" value={folder} />
      <label>
        Signed links are valid for{" "}
        <select name="life">
          {LIVES.map(({ id, label }) => (
            <option value={id} selected={id === chosen}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <button class="button" type="submit">
        Set
      </button>
    </form>
  );
}

/** The entries of a folder that no visitor can get, and why. */
export function UnservedFiles({ files }: { files: Unserved[] }) {
  if (files.length === 0) return null;
  return (
    <section aria-label="Not served">
      <h2>Not served</h2>
      <ul class="files">
        {files.map(({ name, why }) => (
          <li>
            <Icon name="file" />
            <div class="text">
              <bdi class="name quiet">{name}</bdi>
              <span class="quiet small">{why}</span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
