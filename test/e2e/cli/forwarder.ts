import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server in the middle may change on the way back. */
export interface Passing {
  status: number;
  headers: Headers;
  body: Buffer;
}

export interface Asked {
  method: string;
  /** Path and query, as they came. */
  path: string;
  headers: IncomingHttpHeaders;
}

export interface Forwarder {
  url: string;
  close(): Promise<void>;
}

/** A server that asks `target` for everything, and answers with what `answer` makes of it. */
export async function startForwarder(
  target: () => string,
  answer: (asked: Asked, ask: () => Promise<Passing>) => Promise<Passing>,
): Promise<Forwarder> {
  const server = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const asked = { method: request.method ?? "GET", path: request.url ?? "/", headers: request.headers };
    const passing = await answer(asked, () => ask(target(), asked, Uint8Array.from(Buffer.concat(body))));
    response.sendDate = false;
    response.writeHead(passing.status, Object.fromEntries(passing.headers)).end(passing.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function ask(target: string, { method, path, headers }: Asked, body: Uint8Array<ArrayBuffer>): Promise<Passing> {
  const { host: _, connection: __, ...fields } = headers;
  const response = await fetch(target + path, {
    method,
    headers: Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
    redirect: "manual",
    ...(body.length > 0 && { body }),
  });
  const passed = new Headers(response.headers);
  passed.delete("Transfer-Encoding");
  passed.delete("Connection");
  passed.delete("Keep-Alive");
  return { status: response.status, headers: passed, body: Buffer.from(await response.arrayBuffer()) };
}
