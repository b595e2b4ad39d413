import { createServer } from "node:http";

export interface Page {
  type: string;
  body: string;
}

export interface PlainServer {
  url: string;
  /** The paths that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** Serves pages at their paths with nothing but a `Content-Type`: another site, or the control of a test. */
export async function servePlainly(pages: Record<string, Page>): Promise<PlainServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const page = pages[path];
    if (page === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": page.type }).end(page.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
