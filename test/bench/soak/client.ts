import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { sha256 } from "./files.ts";
import type { SoakRequest } from "./requests.ts";

/** Three times what a visitor may have to wait for: who waits longer will never be answered. */
const PATIENCE_MS = 30_000;

/** What a client saw. */
export interface Answer {
  /** Undefined when the connection broke before the status line. */
  status: number | undefined;
  /** Undefined when the connection broke in the middle of the body. */
  bodySha256: string | undefined;
}

/** Sends a request with its path exactly as it is, and reads the answer to its end. */
export async function ask(port: number, agent: Agent, { method, path, fields }: SoakRequest): Promise<Answer> {
  let response: IncomingMessage;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    response = await fieldsOf(httpRequest({ port, host: "127.0.0.1", agent, method, path, headers: fields, signal }));
  } catch {
    return { status: undefined, bodySha256: undefined };
  }
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, bodySha256: sha256(Buffer.concat(chunks)) };
  } catch {
    return { status: response.statusCode, bodySha256: undefined };
  }
}

function fieldsOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
    sent.end();
  });
}
