import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUrl } from "../../src/access/signed-url.ts";
import { play, type World } from "../worker/whole/timelines/play.ts";
import { SETTINGS, TIMELINES } from "../worker/whole/timelines/timelines.ts";
import { type CachedProject, startCachedProject } from "./varnish/cached-project.ts";
import { isVarnishMissing } from "./varnish/start-varnish.ts";

const [KEY_ID = "", SECRET = ""] = SETTINGS.URL_SIGNING_KEYS.split(":");
const DAY_SECONDS = 86_400;

describe.skipIf(isVarnishMissing())("days 0 to 20 of an image, with Varnish in front of both entrypoints", () => {
  let site: CachedProject;
  let world: World;

  beforeAll(async () => {
    site = await startCachedProject(SETTINGS);
    world = worldOf(site);
  });
  afterAll(() => site?.stop());

  it.each(TIMELINES)("$what", async (timeline) => {
    const fileName = `image-${TIMELINES.indexOf(timeline)}.txt`;
    expect(await play(world, timeline, fileName)).toEqual(timeline.story);
  });
});

/** The clock of the visitors and of Varnish is moved; the Worker and B2 have the real one. */
function worldOf({ ask, settled, downloads, varnish, url, project }: CachedProject): World {
  let offsetMs = 0;
  return {
    ask: (path, headers) => ask(path, { headers }),
    settled,
    downloads,
    b2: project.b2,
    now: () => Date.now() + offsetMs,
    moveTo: async (ms) => {
      offsetMs = Math.max(offsetMs, ms - Date.now());
      await varnish.setClock(offsetMs);
    },
    sign: async (canonicalPath) => {
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + 30 * DAY_SECONDS;
      const key = { id: KEY_ID, secret: SECRET };
      const link = await signUrl({ baseUrl: url, canonicalPath, preset: "", key, expiresAtSeconds });
      return link.slice(url.length);
    },
  };
}
