import { type ApplicationKey, MASTER_KEY } from "./application-key.ts";
import type { Bucket } from "./bucket.ts";
import { Events } from "./events.ts";
import { LargeFiles } from "./large-files.ts";
import { type Switches, USUAL_POSITIONS } from "./switches.ts";
import { Tokens } from "./tokens.ts";

export interface WorldOptions {
  url: string;
  key: ApplicationKey;
  buckets: Bucket[];
  switches?: Partial<Switches> | undefined;
  /** Sends an event notification. */
  deliver?: ((request: Request) => Promise<Response>) | undefined;
}

/** All that a local B2 knows. */
export class World {
  /** Where it is reached; both its API and its downloads. */
  url: string;
  readonly accountId = "b7ee896cc8ac";
  /** The master key is not in b2_list_keys. */
  keys: ApplicationKey[];
  buckets: Bucket[];
  switches: Switches;
  /** Added to the machine's clock. */
  clockOffsetMs = 0;
  readonly tokens = new Tokens(this);
  readonly largeFiles = new LargeFiles();
  readonly events: Events;

  constructor({ url, key, buckets, switches, deliver = (request) => fetch(request) }: WorldOptions) {
    this.url = url;
    this.keys = [key, MASTER_KEY];
    this.buckets = buckets;
    this.switches = { ...USUAL_POSITIONS, ...switches };
    this.events = new Events(this, deliver);
  }

  /** The clock, in ms since the epoch. */
  now = (): number => Date.now() + this.clockOffsetMs;
}
