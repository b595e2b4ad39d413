import { ConnectionReset } from "../../local-b2/b2/problem.ts";
import { type LocalB2Server, startLocalB2 } from "../../local-b2/serve.ts";
import { type FaultKind, type FaultWindow, faultAt } from "./fault-plan.ts";
import type { SoakFile } from "./files.ts";
import type { Random } from "./seeded-random.ts";

/** What B2 did with one call. */
export interface B2Call {
  /** ms since the start of the run. */
  atMs: number;
  operation: string;
  /** The decoded file name of a download. */
  fileName: string | undefined;
  fault: FaultKind | undefined;
  /** The `Authorization` field. */
  credential: string | null;
  /** Undefined while B2 has not answered, or when it broke the connection. */
  status: number | undefined;
}

export interface RecordedB2 {
  server: LocalB2Server;
  calls: B2Call[];
  close(): Promise<void>;
}

export interface RecordedB2Options {
  files: readonly SoakFile[];
  windows: readonly FaultWindow[];
  random: Random;
  /** ms since the start of the run. */
  elapsedMs: () => number;
}

export const BUCKET = "soak-bucket";
export const APPLICATION_KEY = { keyId: "soak-key-id", key: "soak-key" };
const DOWNLOAD = "b2_download_file_by_name";

/** A local B2 that has the faults of the plan, and writes down what it did with each call. */
export async function startRecordedB2(options: RecordedB2Options): Promise<RecordedB2> {
  const { files, windows, random, elapsedMs } = options;
  const server = await startLocalB2({ bucket: BUCKET, ...APPLICATION_KEY });
  const { b2 } = server;
  for (const { name, content } of files) b2.put(BUCKET, name, { content, contentType: "image/jpeg" });
  const calls: B2Call[] = [];
  const answer = b2.fetch;
  b2.fetch = async (request) => {
    const { operation, fileName } = readCall(request.url);
    const atMs = elapsedMs();
    const credential = request.headers.get("Authorization");
    const planned = faultAt(windows, { operation, atMs, random });
    const call: B2Call = { atMs, operation, fileName, fault: planned?.kind, credential, status: undefined };
    calls.push(call);
    // The call takes its fault before it waits for anything: no other call can come between.
    if (planned !== undefined) b2.faults([planned.fault]);
    const response = await answer(request);
    call.status = response.status;
    return response;
  };
  const unmute = muteResets();
  return {
    server,
    calls,
    close: async () => {
      await server.close();
      unmute();
    },
  };
}

/** The HTTP server prints each body that breaks off: here they break off by plan. */
function muteResets(): () => void {
  const print = console.error;
  console.error = (...words: unknown[]) => {
    if (!(words[0] instanceof ConnectionReset)) print(...words);
  };
  return () => {
    console.error = print;
  };
}

function readCall(url: string): { operation: string; fileName: string | undefined } {
  const { pathname } = new URL(url);
  const prefix = `/file/${BUCKET}/`;
  return pathname.startsWith(prefix)
    ? { operation: DOWNLOAD, fileName: decodeURIComponent(pathname.slice(prefix.length)) }
    : { operation: pathname.slice(pathname.lastIndexOf("/") + 1), fileName: undefined };
}
