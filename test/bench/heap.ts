/** What V8's inspector tells of a Worker's heap. */
export interface HeapProbe {
  /** Bytes that are still reachable: everything else is collected first, which workerd does when the next request runs. */
  usedBytes(): Promise<number>;
  close(): void;
}

interface Reply {
  id: number;
  result?: { usedSize?: number; embedderHeapUsedSize?: number; backingStorageSize?: number };
}

/** Connects to the Worker `main` of a workerd that was started with an inspector. */
export async function openHeapProbe(inspectorPort: number): Promise<HeapProbe> {
  const targets: unknown = await (await fetch(`http://127.0.0.1:${inspectorPort}/json`)).json();
  const url = Array.isArray(targets) ? targets.map(mainUrl).find((found) => found !== undefined) : undefined;
  if (url === undefined) throw new Error("workerd's inspector does not know the Worker main");
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("workerd's inspector does not answer")));
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.addEventListener("message", ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  let lastId = 0;
  const send = (method: string) =>
    new Promise<Reply>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      socket.send(JSON.stringify({ id: lastId, method }));
    });
  return {
    usedBytes: async () => {
      await send("HeapProfiler.collectGarbage");
      const { result = {} } = await send("Runtime.getHeapUsage");
      const { usedSize = Number.NaN, embedderHeapUsedSize = 0, backingStorageSize = 0 } = result;
      return usedSize + embedderHeapUsedSize + backingStorageSize;
    },
    close: () => socket.close(),
  };
}

function mainUrl(target: unknown): string | undefined {
  const { id, webSocketDebuggerUrl: url } = target as { id?: string; webSocketDebuggerUrl?: string };
  return id?.includes("main") ? url : undefined;
}
