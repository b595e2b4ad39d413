/** How long a request waits for room, and how often it looks. */
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

export interface MemoryRoomParts {
  bytes: number;
  /** How long a place is held at most: a request that its visitor left never gives it back. */
  leaseMs: number;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

/** Takes a place for so many bytes, and gives what leaves it; undefined when there was no room for a while. */
export type MemoryRoom = (bytes: number) => Promise<(() => void) | undefined>;

/**
 * The memory that requests of one isolate may fill together: it has 128 MB, and one that needs more is ended with all its
 * requests. Something larger than the whole room may have it alone.
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
