import { Hono } from "hono";
import * as v from "valibot";
import type { LocalB2 } from "./app.ts";
import { ALL_CAPABILITIES } from "./b2/application-key.ts";
import { readFaults } from "./b2/faults.ts";
import { parse } from "./b2/parse.ts";
import { readSwitches } from "./b2/switches.ts";
import { controlsPage, stateOf } from "./controls-page.ts";

/** What can be done to a local B2 while it runs: a POST of JSON to `/_local/<name>`. */
export interface Control {
  name: string;
  meaning: string;
  example: unknown;
  run: (b2: LocalB2, posted: unknown) => Promise<object> | object;
}

const bucket = v.exactOptional(v.string());
const clock = v.strictObject({ advanceSeconds: v.number() });
const file = v.strictObject({ file: v.string(), bucket });
const bucketChange = v.strictObject({
  bucket,
  isPublic: v.exactOptional(v.boolean()),
  cacheControl: v.exactOptional(v.nullable(v.string())),
});
const keyChange = v.strictObject({
  keyId: v.exactOptional(v.string()),
  key: v.exactOptional(v.string()),
  capabilities: v.exactOptional(v.array(v.picklist(ALL_CAPABILITIES))),
  buckets: v.exactOptional(v.nullable(v.array(v.string()))),
  namePrefix: v.exactOptional(v.nullable(v.string())),
  expiresInSeconds: v.exactOptional(v.nullable(v.number())),
});

export const CONTROLS: Control[] = [
  {
    name: "clock",
    meaning: "moves the clock",
    example: { advanceSeconds: 3600 },
    run: (b2, posted) => {
      b2.advance(parse(clock, posted).advanceSeconds);
      return { now: new Date(b2.now()).toISOString() };
    },
  },
  {
    name: "faults",
    meaning: "makes the next calls of an operation fail",
    example: [{ operation: "b2_download_file_by_name", times: 2, status: 503, retryAfterSeconds: 7 }],
    run: (b2, posted) => {
      const faults = readFaults(posted);
      b2.faults(faults);
      return { faults: faults.length };
    },
  },
  {
    name: "switches",
    meaning: "decides between the sources about B2 where they differ",
    example: { scopeError: "403" },
    run: (b2, posted) => {
      b2.setSwitches(readSwitches(posted));
      return b2.world.switches;
    },
  },
  {
    name: "hide",
    meaning: "hides a file, as b2_hide_file does",
    example: { bucket: "images", file: "a/cat.jpg" },
    run: async (b2, posted) => {
      const asked = parse(file, posted);
      await b2.hide(asked.bucket ?? firstBucketOf(b2), asked.file);
      return {};
    },
  },
  {
    name: "delete",
    meaning: "deletes every version of a file",
    example: { bucket: "images", file: "a/cat.jpg" },
    run: async (b2, posted) => {
      const asked = parse(file, posted);
      return { versions: await b2.remove(asked.bucket ?? firstBucketOf(b2), asked.file) };
    },
  },
  {
    name: "bucket",
    meaning: "makes a bucket public or private, or gives its files a Cache-Control (null takes it away)",
    example: { bucket: "images", isPublic: true, cacheControl: "max-age=600" },
    run: (b2, posted) => {
      const { bucket: name = firstBucketOf(b2), ...change } = parse(bucketChange, posted);
      b2.setBucket(name, change);
      return {};
    },
  },
  {
    name: "delete-bucket",
    meaning: "deletes a bucket with all that is in it",
    example: { bucket: "images" },
    run: (b2, posted) => {
      b2.deleteBucket(parse(v.strictObject({ bucket: v.string() }), posted).bucket);
      return {};
    },
  },
  {
    name: "key",
    meaning: "changes the first key, or that of a keyId, for its tokens too; buckets: null is every bucket",
    example: { capabilities: ["readFiles"], buckets: ["images"], namePrefix: null, expiresInSeconds: 60 },
    run: (b2, posted) => {
      const { keyId, expiresInSeconds: seconds, ...change } = parse(keyChange, posted);
      const end = seconds === undefined ? {} : { expiresAt: seconds === null ? null : b2.now() + seconds * 1000 };
      b2.setKey({ ...change, ...end }, keyId);
      return {};
    },
  },
  {
    name: "delete-key",
    meaning: "deletes the first key, or that of a keyId",
    example: { keyId: "local-key-id" },
    run: (b2, posted) => {
      b2.deleteKey(parse(v.strictObject({ keyId: v.exactOptional(v.string()) }), posted).keyId);
      return {};
    },
  },
  {
    name: "expire-tokens",
    meaning: "ends every token that was handed out so far",
    example: {},
    run: (b2) => {
      b2.expireTokens();
      return {};
    },
  },
  {
    name: "reset",
    meaning: "no faults, counters at zero, the clock back, the switches as at the start; files, keys and buckets stay",
    example: {},
    run: (b2) => {
      b2.reset();
      return {};
    },
  },
];

/** The controls: a page that lists them, what the local B2 knows, and one URL each. */
export function controlsOf(b2: LocalB2): Hono {
  const controls = new Hono();
  controls.get("/_local", (c) => c.redirect("/_local/"));
  controls.get("/_local/", (c) => c.html(controlsPage(b2, CONTROLS)));
  controls.get("/_local/state", (c) => c.json(stateOf(b2)));
  controls.get("/_local/stats", (c) => c.json(b2.stats()));
  for (const { name, run } of CONTROLS) {
    controls.post(`/_local/${name}`, async (c) => {
      const posted: unknown = await c.req.raw.json().catch(() => undefined);
      return c.json(await run(b2, posted));
    });
  }
  return controls;
}

function firstBucketOf(b2: LocalB2): string {
  return b2.bucketNames[0] ?? "";
}
