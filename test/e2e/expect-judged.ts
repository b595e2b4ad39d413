import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import type { LocalB2 } from "../local-b2/app.ts";

/** The clients in the table of test/README.md, by their letter. */
type Judge = "R" | "C" | "N" | "P";

/** Compares the calls that a client has made with those that the table in test/README.md says that it judges. */
export async function expectJudged(judge: Judge, b2: LocalB2): Promise<void> {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| `(b2_\w+)` \| ([^|]+) \|/gm)];
  const judged = rows.flatMap(([, call, judges]) => (judges?.split(" ").includes(judge) === true ? [call] : []));
  expect(Object.keys(b2.stats().operations).toSorted()).toEqual(judged);
}
