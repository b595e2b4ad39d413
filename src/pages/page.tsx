import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { BASE_STYLE } from "./base-style.ts";
import { PAGE_SCRIPT } from "./page-script.ts";

/** A page of the Worker's own. */
export interface Page {
  title: string;
  /** Style beside that of all pages. It is a constant of the code: nothing of a request or a bucket. */
  style: string;
  /** Whether search engines may show it. */
  robots: "index" | "noindex";
  children: Child;
}

/** Which other pages may show it in a frame. */
type Frames = "'none'" | "'self'";

/** The text of a page. All that is put into it as JSX is escaped. */
export function renderPage({ title, style, robots, children }: Page): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        {robots === "noindex" && <meta name="robots" content="noindex, nofollow" />}
        {/* Otherwise browsers ask for a file that is not there. */}
        <link rel="icon" href="data:," />
        <style>{raw(BASE_STYLE + style)}</style>
      </head>
      <body>
        {children}
        <div role="status" />
        <script>{raw(PAGE_SCRIPT)}</script>
      </body>
    </html>
  );
  return `<!doctype html>\n${page}\n`;
}

/** The Content-Security-Policy of a page with this style of its own: nothing runs and nothing is drawn but what is ours. */
export async function pagePolicy(style: string, frames: Frames): Promise<string> {
  const [styleHash, scriptHash] = await Promise.all([hashOf(BASE_STYLE + style), hashOf(PAGE_SCRIPT)]);
  return [
    "default-src 'none'",
    "img-src 'self' data:",
    `style-src '${styleHash}'`,
    `script-src '${scriptHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${frames}`,
  ].join("; ");
}

/** Hashes that an isolate has made: the texts are a few constants. */
const hashes = new Map<string, string>();

/** As a Content-Security-Policy names a text: `sha256-…`. */
async function hashOf(text: string): Promise<string> {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const hash = `sha256-${btoa(String.fromCharCode(...digest))}`;
  hashes.set(text, hash);
  return hash;
}
