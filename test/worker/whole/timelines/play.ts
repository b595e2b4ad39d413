import { createBrowserCache, type View } from "./browser-cache.ts";
import { CONTENT, type Event, type From, type Shown, type Timeline, type Visit } from "./timelines.ts";

/** The Worker behind a cache, B2, and the clock of both. */
export interface World {
  /** ms since the epoch. */
  now(): number;
  moveTo(ms: number): Promise<void>;
  ask(pathAndQuery: string, headers: Record<string, string>): Promise<Answer>;
  /** When nothing is fetched in the background any more. */
  settled(): Promise<void>;
  /** Gives path and query of a link to a private file. */
  sign(path: string): Promise<string>;
  b2: Storage;
  /** How often B2 was asked for a file. */
  downloads(): number;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** The local B2, as far as a timeline needs it. */
interface Storage {
  put(
    bucketName: string,
    fileName: string,
    file: { content: string; contentType: string; cacheControl?: string },
  ): void;
  faults(faults: (typeof FAULT)[]): void;
  reset(): void;
}

const DAY_MS = 86_400_000;
const FAULT = {
  operation: "b2_download_file_by_name",
  times: 1000,
  status: 503,
  code: "service_unavailable",
  // Longer than a visitor may wait: the Worker does not try again.
  retryAfterSeconds: 60,
};

/** Plays a timeline with a file of its own, and gives it as it went. */
export async function play(
  world: World,
  { story, cacheControl }: Timeline,
  fileName: string,
): Promise<Timeline["story"]> {
  const begin = world.now();
  const browsers = new Map<string, (path: string) => Promise<View>>();
  const went: Timeline["story"] = [];

  for (const folder of ["", "private/"]) upload(folder, "old");
  const link = await world.sign(`/private/${fileName}`);
  for (const step of story) {
    await world.moveTo(begin + step[0] * DAY_MS);
    if (step.length === 2) happen(step[1]);
    went.push(step.length === 2 ? step : await visit(step));
  }
  return went;

  function upload(folder: string, age: keyof typeof CONTENT): void {
    const file = {
      content: CONTENT[age],
      contentType: "text/plain",
      ...(cacheControl !== undefined && { cacheControl }),
    };
    world.b2.put("images", folder + fileName, file);
  }

  function happen(event: Event[1]): void {
    if (event === "replaced") for (const folder of ["", "private/"]) upload(folder, "new");
    else if (event === "B2 fails") world.b2.faults([FAULT]);
    else world.b2.reset();
  }

  async function visit([day, visitor, , , , ...address]: Visit): Promise<Visit> {
    const view = browsers.get(visitor) ?? createBrowserCache(world);
    browsers.set(visitor, view);
    const [query = ""] = address;
    const before = world.downloads();
    const { status, text, asked } = await view(query === "signed" ? link : `/${fileName}${query}`);
    await world.settled();
    return [day, visitor, shownBy(status, text), fromOf(asked), world.downloads() - before, ...address];
  }
}

function shownBy(status: number, text: string): Shown {
  if (status !== 200) return status;
  if (text === CONTENT.old) return "old";
  if (text === CONTENT.new) return "new";
  throw new Error(`an answer holds ${text}`);
}

function fromOf(asked: Answer | undefined): From {
  const cacheStatus = asked === undefined ? "browser" : asked.headers.get("Cf-Cache-Status");
  switch (cacheStatus) {
    case "browser":
    case "HIT":
    case "UPDATING":
    case "STALE":
    case "MISS":
    case "BYPASS":
      return cacheStatus;
    case "EXPIRED":
    case "REVALIDATED":
      return "MISS";
    default:
      throw new Error(`an answer says Cf-Cache-Status: ${cacheStatus}`);
  }
}
