import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Project, startProject } from "../local-b2/worker-under-dev.ts";

const MIB = 1024 * 1024;
const SIZE_BYTES = 300 * 1000 * 1000;

describe.skipIf(process.platform !== "linux")("a file of 300 MB", () => {
  let project: Project;
  beforeAll(async () => {
    project = await startProject({ b2: { virtualFiles: { "large.bin": SIZE_BYTES, "warm-up.bin": 40 * MIB } } });
  });
  afterAll(() => project?.stop());

  it("streams through the Worker whole, whose process grows by less than 30 MB", async () => {
    await hashOf(`${project.url}/warm-up.bin`);
    const pid = await project.workerdPid();
    // proc(5): 5 sets the peak back to the present size.
    await writeFile(`/proc/${pid}/clear_refs`, "5");
    const before = await memoryOf(pid);
    const sent = await hashOf(`${project.url}/large.bin`);
    const grownMib = ((await memoryOf(pid)) - before) / MIB;
    console.info(`300 MB through workerd: its peak grew by ${grownMib.toFixed(1)} MiB`);
    expect(sent).toEqual(await hashOf(`${project.b2Server.url}/file/images/large.bin`));
    expect(grownMib).toBeLessThan(30);
  });
});

async function hashOf(url: string): Promise<{ bytes: number; sha1: string }> {
  const hash = createHash("sha1");
  let bytes = 0;
  const response = await fetch(url);
  for await (const chunk of response.body ?? []) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha1: hash.digest("hex") };
}

/** The peak of the resident memory, in bytes. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
