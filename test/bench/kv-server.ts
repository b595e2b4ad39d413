import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface KvServer {
  port: number;
  reads(): number;
  writes(): number;
  clear(): void;
  close(): void;
}

/** A KV namespace as workerd asks for it: GET and PUT of a key. Its values are all that it knows: no expiry, no list. */
export async function startKvServer(): Promise<KvServer> {
  const values = new Map<string, Buffer>();
  let reads = 0;
  let writes = 0;
  const server = createServer(async (request, response) => {
    const key = new URL(request.url ?? "/", "http://kv").pathname;
    if (request.method === "PUT") {
      writes += 1;
      values.set(key, await bodyOf(request));
      response.end();
      return;
    }
    reads += 1;
    const value = values.get(key);
    response.writeHead(value === undefined ? 404 : 200).end(value);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    reads: () => reads,
    writes: () => writes,
    clear: () => values.clear(),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
