/** The forms for purging. The one for everything is folded away, so that nobody hits it by mistake. */
export function PurgeForms() {
  return (
    <>
      <div class="purges">
        <form class="card" method="post" action="/-/purge">
          <label for="paths">Pictures, one per line</label>
          <textarea id="paths" name="paths" rows={3} required autocapitalize="none" placeholder="photos/red cat.jpg" />
          <p class="quiet small">
            Their addresses, or their names in the bucket. Every size and address of each is purged.
          </p>
          <button class="button" type="submit">
            Purge them
          </button>
        </form>
        <form class="card" method="post" action="/-/purge">
          <label for="prefix">Everything that begins with</label>
          <input id="prefix" name="prefix" required autocapitalize="none" placeholder="photos/2026/" />
          <p class="quiet small">A folder, with a slash at its end, or the beginning of names.</p>
          <button class="button" type="submit">
            Purge all of it
          </button>
        </form>
      </div>
      <details>
        <summary>Everything</summary>
        <form class="actions" method="post" action="/-/purge">
          <input type="hidden" name="everything" value="true" />
          <button class="button" type="submit">
            Purge everything
          </button>
          <p class="quiet small">Each picture is then downloaded from B2 once more, and each preset made once more.</p>
        </form>
      </details>
    </>
  );
}
