import { createServer } from "node:net";

// A server on ::1 alone would answer http://localhost in our place, so both loopback addresses are looked at.
const LOOPBACK_HOSTS = ["127.0.0.1", "::1"];

/** Says whether nothing listens on the port at either loopback address. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of LOOPBACK_HOSTS) {
    if ((await tryToListen(port, host)) === "busy") return false;
  }
  return true;
}

/** Finds a port of 127.0.0.1 that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const result = await tryToListen(0, "127.0.0.1");
  if (typeof result !== "number") throw new Error("no port is free on 127.0.0.1");
  return result;
}

function tryToListen(port: number, host: string): Promise<number | "busy" | "no such address"> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve("busy");
      else if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") resolve("no such address");
      else reject(error);
    });
    server.listen({ port, host }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
