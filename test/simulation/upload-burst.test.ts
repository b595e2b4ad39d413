import { expect, it } from "vitest";
import { type Burst, simulateBurst } from "./upload-burst.ts";

/** 2,000 files are 20 full calls of each of three caches; 25 calls are there, and five come back each minute. */
const LEAST_SECONDS = ((20 * 3 - 25) / 5) * 60;

const bursts: (Burst & { name: string })[] = [
  { name: "in batches, to one isolate", eventsPerBatch: 50, deliveries: 8, isolates: 1, longestRetryMs: 60_000 },
  { name: "in batches, to four isolates", eventsPerBatch: 50, deliveries: 8, isolates: 4, longestRetryMs: 60_000 },
  { name: "one by one, to one isolate", eventsPerBatch: 1, deliveries: 32, isolates: 1, longestRetryMs: 60_000 },
  { name: "one by one, to four isolates", eventsPerBatch: 1, deliveries: 32, isolates: 4, longestRetryMs: 60_000 },
  {
    name: "one by one, by a B2 that soon gives up hurrying",
    eventsPerBatch: 1,
    deliveries: 4,
    isolates: 1,
    longestRetryMs: 900_000,
  },
].map((burst) => ({ uploads: 2_000, uploadsPerSecond: 40, ...burst }));

it.each(bursts)("a burst of 2,000 uploads, told $name, ends with every name purged in every cache", async (burst) => {
  const figures = await simulateBurst(burst);
  console.log(`${burst.name}: ${JSON.stringify({ ...figures, stale: figures.stale.length })}`);
  expect(figures.stale).toEqual([]);
  expect(figures.slowestAnswerMs).toBeLessThan(3_000);
  expect(figures.seconds).toBeLessThan(LEAST_SECONDS * 6);
});
