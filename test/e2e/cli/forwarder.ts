import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

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
  const server = createServer(async (incoming, response) => {
    const body: Buffer[] = [];
    for await (const chunk of incoming) body.push(chunk);
    const asked = { method: incoming.method ?? "GET", path: incoming.url ?? "/", headers: incoming.headers };
    const passing = await answer(asked, () => ask(target(), asked, Buffer.concat(body)));
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

/** With `node:http`, since `fetch` would unpack what is compressed. */
async function ask(target: string, { method, path, headers }: Asked, body: Buffer): Promise<Passing> {
  const { host: _, connection: __, ...fields } = headers;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(target + path, { method, headers: fields }, resolve)
      .once("error", reject)
      .end(body);
  });
  const passed = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    if (HOP_FIELDS.includes(name)) continue;
    for (const value of values ?? []) passed.append(name, value);
  }
  return { status: answer.statusCode ?? 0, headers: passed, body: await buffer(answer) };
}

/** Fields of one connection alone (RFC 9110 §7.6.1). */
const HOP_FIELDS = ["connection", "keep-alive", "transfer-encoding"];
