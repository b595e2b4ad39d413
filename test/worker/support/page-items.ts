import { expect } from "vitest";
import { contentOf } from "./content-of.ts";

/** An entry on a page of a folder. */
export interface Item {
  name: string;
  href: string | undefined;
  share: string | undefined;
  marks: string[];
}

/** The entries on a page with their links. */
export async function itemsOf(response: Response): Promise<Item[]> {
  expect(response.status).toBe(200);
  const [, page = ""] = (await contentOf(response)).split("<main>");
  return [...page.matchAll(/<li>((?:(?!<\/li>).)*class="name.*?)<\/li>/gs)].map(([, item = ""]) => ({
    name: decode(/class="name[^>]*>([^<]*)</.exec(item)?.[1] ?? ""),
    href: decoded(/href="(\/[^"]*)"/.exec(item)?.[1]),
    share: decoded(/data-copy="([^"]*)"/.exec(item)?.[1]),
    marks: [...item.matchAll(/class="mark">([^<]*)</g)].map(([, mark = ""]) => mark),
  }));
}

function decode(html: string): string {
  return html.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The text of an attribute or element in a page. */
export function decoded(html: string | undefined): string | undefined {
  return html === undefined ? undefined : decode(html);
}

const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
