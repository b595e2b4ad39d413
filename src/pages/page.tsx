import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { BASE_STYLE } from "./base-style.ts";
import { PAGE_SCRIPT } from "./page-script.ts";

/** A page that the Worker makes itself. */
export interface Page {
  title: string;
  /** Style in addition to that of all pages. A constant of the code, never text from a request or a bucket. */
  style: string;
  /** Whether search engines may show the page. */
  robots: "index" | "noindex";
  children: Child;
}

/** Which pages may show this one in a frame. */
type Frames = "'none'" | "'self'";

/** Renders a page as HTML. JSX escapes all text in it. */
export function renderPage({ title, style, robots, children }: Page): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        {robots === "noindex" && <meta name="robots" content="noindex, nofollow" />}
        {/* Without it, browsers ask for /favicon.ico. */}
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

/** The Content-Security-Policy for a page with this style: only the Worker's own script, style and images are allowed. */
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

/** The hashes that this isolate has computed. There are few texts, and they are constants. */
const hashes = new Map<string, string>();

/** The hash of a text as a Content-Security-Policy names it: `sha256-…`. */
async function hashOf(text: string): Promise<string> {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const hash = `sha256-${btoa(String.fromCharCode(...digest))}`;
  hashes.set(text, hash);
  return hash;
}
