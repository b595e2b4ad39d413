import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createLocalB2, type LocalB2 } from "./app.ts";
import { B2Problem, ConnectionReset, problemResponse } from "./b2/problem.ts";
import { Folder, requireFolder } from "./folder.ts";
import type { LocalB2Options } from "./options.ts";

export interface ServeOptions extends LocalB2Options {
  /** 0, or left out: any free one. */
  port?: number;
  host?: string;
  /** The files of the bucket, as they are at each look. */
  dir?: string;
  /** Uploads go into `dir`. */
  write?: boolean;
  /** Files of any size that take no memory. */
  virtualFiles?: { name: string; bytes: number }[];
}

export interface LocalB2Server {
  /** Without a slash at its end. */
  url: string;
  port: number;
  b2: LocalB2;
  /** Files of the folder that are not served, because B2 takes no such name. */
  leftOut: string[];
  close(): Promise<void>;
}

/** Serves a local B2 on a port. Throws an error of one sentence when the port is busy or the folder is not there. */
export async function startLocalB2(options: ServeOptions = {}): Promise<LocalB2Server> {
  const { port = 0, host = "127.0.0.1", dir, write = false, virtualFiles = [] } = options;
  const b2 = createLocalB2(options);
  const bucket = options.bucket ?? "images";
  const leftOut = dir === undefined ? [] : await openFolder(b2, { bucket, dir, write });
  for (const { name, bytes } of virtualFiles) b2.putVirtual(bucket, name, bytes);
  const server = createServer({ keepAliveTimeout: 60_000 }, listenerOf(b2));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new Error(`Port ${port} is in use: choose another one.`) : error);
    });
    server.listen(port, host, resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  const url = `http://${host}:${actualPort}`;
  b2.url = url;
  return {
    url,
    port: actualPort,
    b2,
    leftOut,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function openFolder(
  b2: LocalB2,
  { bucket, dir, write }: { bucket: string; dir: string; write: boolean },
): Promise<string[]> {
  await requireFolder(dir);
  const target = b2.bucket(bucket);
  const folder = new Folder(target, { dir, write });
  target.source = folder;
  await folder.refresh();
  return [...folder.leftOut].sort();
}

interface Bindings {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

/** A reset of the app becomes a broken connection; one in the middle of a body is an error of the body's stream. */
function listenerOf(b2: LocalB2) {
  return getRequestListener(async (request, env) => {
    try {
      return await b2.fetch(request);
    } catch (error) {
      if (!(error instanceof ConnectionReset)) return faultOfOurs(error, request.method);
      (env as Bindings).incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    }
  });
}

/** It looks like a fault of B2, so the terminal tells that it is none. */
function faultOfOurs(error: unknown, method: string): Response {
  console.error("A fault of the local B2 itself:", error);
  return problemResponse(new B2Problem(500, "internal_error", "A fault of the local B2 itself"), method);
}
