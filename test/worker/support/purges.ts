import type { Purge } from "../../../src/purge/purge-queue.ts";
import { createPurger, type Purger } from "../../../src/purge/purger.ts";

/** The purger of a new isolate. */
export function newIsolate(): Purger {
  return createPurger({ now: Date.now, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) });
}

/** A purge by an event of B2. */
export function purgeOf(id: string, changes: Partial<Purge> = {}): Purge {
  return { id, tags: [`/${id}`], pathPrefixes: [], everything: false, isEvent: true, ...changes };
}

/** `count` of them, whose ids are numbers that begin with `first`. */
export function eventsOf(first: number, count: number): Purge[] {
  return Array.from({ length: count }, (_, index) => purgeOf(String(first + index)));
}
