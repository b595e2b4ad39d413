/** How long a request waits for room, and how often it checks. */
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** The size of the room, how long a place is kept, and the clock. */
export interface MemoryRoomParts {
  bytes: number;
  /** The longest that a place is kept. When the visitor leaves, the request stops and never gives its place back. */
  leaseMs: number;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

/** Takes a place for so many bytes, and returns a function that gives it back; undefined when there was no room in time. */
export type MemoryRoom = (bytes: number) => Promise<(() => void) | undefined>;

/**
 * Limits the memory that the requests of one isolate fill together. An isolate has 128 MB; if it needs more, it is ended with
 * all its requests. Something larger than the whole room gets the room to itself.
 * Source: https://developers.cloudflare.com/workers/platform/limits/#memory
 */
export function createMemoryRoom({ bytes: capacity, leaseMs, now, wait }: MemoryRoomParts): MemoryRoom {
  let places: { bytes: number; until: number }[] = [];

  function hasRoomFor(bytes: number): boolean {
    places = places.filter(({ until }) => now() < until);
    const taken = places.reduce((sum, place) => sum + place.bytes, 0);
    return taken === 0 || taken + bytes <= capacity;
  }

  async function enter(bytes: number): Promise<(() => void) | undefined> {
    const giveUpAt = now() + WAIT_MS;
    while (!hasRoomFor(bytes)) {
      if (now() >= giveUpAt) return undefined;
      await wait(LOOK_EVERY_MS);
    }
    const place = { bytes, until: now() + leaseMs };
    places.push(place);
    return () => {
      places = places.filter((other) => other !== place);
    };
  }

  return enter;
}
