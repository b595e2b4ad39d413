import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { virtualBytes } from "../local-b2/b2/content.ts";
import { findWorkerds } from "./find-workerd.ts";
import { type Project, startProject } from "./project.ts";

const MIB = 1024 * 1024;
const LARGE = { name: "large.bin", bytes: 300 * 1000 * 1000 };
const WARM_UP = { name: "warm-up.bin", bytes: 40 * MIB };

describe.skipIf(process.platform !== "linux")("a file of 300 MB", () => {
  let project: Project;
  beforeAll(async () => {
    project = await startProject({ b2: { virtualFiles: [LARGE, WARM_UP] } });
  });
  afterAll(() => project?.stop());

  it("streams through the Worker whole, whose processes grow by less than 30 MB", async () => {
    await receive(`${project.url}/${WARM_UP.name}`);
    const pids = await findWorkerds();
    // proc(5): 5 sets the peak back to the present size.
    for (const pid of pids) await writeFile(`/proc/${pid}/clear_refs`, "5");
    const before = await memoryOf(pids);
    const received = await receive(`${project.url}/${LARGE.name}`);
    const grownMib = ((await memoryOf(pids)) - before) / MIB;
    console.info(`300 MB through the Worker and its proxy: their peaks grew by ${grownMib.toFixed(1)} MiB`);
    expect(received).toEqual({ bytes: LARGE.bytes, sha1: hashOfVirtual(LARGE.bytes) });
    expect(pids).toHaveLength(2);
    expect(grownMib).toBeLessThan(30);
  });
});

async function receive(url: string): Promise<{ bytes: number; sha1: string }> {
  const hash = createHash("sha1");
  let bytes = 0;
  const response = await fetch(url);
  for await (const chunk of response.body ?? []) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha1: hash.digest("hex") };
}

function hashOfVirtual(size: number): string {
  const hash = createHash("sha1");
  for (let at = 0; at < size; at += MIB) hash.update(virtualBytes(at, Math.min(MIB, size - at)));
  return hash.digest("hex");
}

/** The peaks of their resident memory together, in bytes. */
async function memoryOf(pids: number[]): Promise<number> {
  const statuses = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, "utf8")));
  return statuses.reduce((sum, status) => sum + Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024, 0);
}
