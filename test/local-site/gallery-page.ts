import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SAMPLE_DIR } from "./options.ts";

const SCRIPT = fileURLToPath(new URL("./other-site/saved.js", import.meta.url));

export interface GalleryPage {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the gallery as a page of another site, which shows the images of the Worker as any site would. There it may run
 * script, and tells what the presets saved; as a file of the bucket it may not.
 */
export async function startGalleryPage(workerUrl: string): Promise<GalleryPage> {
  const page = await readFile(join(SAMPLE_DIR, "index.html"), "utf8");
  const html = page
    .replace("<head>", `<head>\n<base href="${workerUrl}/">`)
    .replace("</body>", `<script type="module">\n${await readFile(SCRIPT, "utf8")}</script>\n</body>`);
  const server = createServer(({ url }, response) => {
    const isPage = url === "/";
    response.writeHead(isPage ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
    response.end(isPage ? html : "There is one page here, at /.");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gallery's server has no port");
  return {
    url: `http://localhost:${address.port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
