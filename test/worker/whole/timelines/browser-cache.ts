import CachePolicy from "http-cache-semantics";
import type { Answer, World } from "./play.ts";

interface Kept {
  answer: Answer;
  /** ms since the epoch. */
  freshUntil: number;
}

/** A view: what the browser shows, and the answer to its request, if it had to ask. */
export interface View {
  status: number;
  text: string;
  asked: Answer | undefined;
}

/** The cache of one browser: RFC 9111 as `http-cache-semantics` reads it, by the clock of the world. */
export function createBrowserCache({ ask, now }: Pick<World, "ask" | "now">): (path: string) => Promise<View> {
  const kept = new Map<string, Kept>();

  async function view(path: string): Promise<View> {
    const stored = kept.get(path);
    if (stored !== undefined && now() < stored.freshUntil) return { ...stored.answer, asked: undefined };
    const etag = stored?.answer.headers.get("ETag");
    const asked = await ask(path, etag ? { "If-None-Match": etag } : {});
    const answer = asked.status === 304 && stored !== undefined ? updated(stored.answer, asked) : asked;
    const policy = new CachePolicy(
      { url: path, method: "GET", headers: {} },
      { status: answer.status, headers: Object.fromEntries(answer.headers) },
      { shared: false },
    );
    if (policy.storable()) kept.set(path, { answer, freshUntil: now() + policy.timeToLive() });
    return { ...answer, asked };
  }

  return view;
}

/** §4.3.4: the stored answer with the fields of the 304. */
function updated(stored: Answer, { headers: newer }: Answer): Answer {
  const headers = new Headers(stored.headers);
  // An age is that of one answer.
  headers.delete("Age");
  for (const [name, value] of newer) headers.set(name, value);
  return { ...stored, headers };
}
