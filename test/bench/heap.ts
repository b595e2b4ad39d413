import { type Inspector, openInspector } from "./inspector.ts";

/** What V8's inspector tells of a Worker's heap. */
export interface HeapProbe {
  /** Bytes that are still reachable: everything else is collected first, which workerd does when the next request runs. */
  usedBytes(): Promise<number>;
  close(): void;
}

interface HeapUsage {
  usedSize?: number;
  embedderHeapUsedSize?: number;
  backingStorageSize?: number;
}

/** Connects to the Worker `main` of a workerd that was started with an inspector. */
export async function openHeapProbe(inspectorPort: number): Promise<HeapProbe> {
  const inspector = await openInspector(inspectorPort);
  return { usedBytes: () => usedBytes(inspector), close: inspector.close };
}

async function usedBytes(inspector: Inspector): Promise<number> {
  await inspector.send("HeapProfiler.collectGarbage");
  const usage = (await inspector.send("Runtime.getHeapUsage")) as HeapUsage;
  const { usedSize = Number.NaN, embedderHeapUsedSize = 0, backingStorageSize = 0 } = usage;
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}
