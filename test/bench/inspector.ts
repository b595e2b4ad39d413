/** A connection to V8's inspector of the Worker `main`, by the Chrome DevTools Protocol. */
export interface Inspector {
  send(method: string, params?: object): Promise<unknown>;
  close(): void;
}

interface Reply {
  id: number;
  result?: unknown;
  error?: { message: string };
}

/** Connects to a workerd that was started with an inspector. */
export async function openInspector(inspectorPort: number): Promise<Inspector> {
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
  async function send(method: string, params: object = {}): Promise<unknown> {
    lastId += 1;
    const id = lastId;
    const reply = await new Promise<Reply>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result;
  }
  return { send, close: () => socket.close() };
}

function mainUrl(target: unknown): string | undefined {
  const { id, webSocketDebuggerUrl: url } = target as { id?: string; webSocketDebuggerUrl?: string };
  return id?.includes("main") ? url : undefined;
}
