import { BILLING_CLASSES } from "./operations.ts";
import { B2Problem, badRequest, ConnectionReset } from "./problem.ts";

/** What goes wrong with the next calls of an operation. */
export interface Fault {
  /** B2's own name of the call, such as `b2_authorize_account`. */
  operation: string;
  /** How many calls; one when left out. */
  times?: number;
  status?: number;
  code?: string;
  message?: string;
  retryAfterSeconds?: number;
  delayMs?: number;
  /** The connection breaks: before the response, or in the middle of its body. */
  reset?: "before" | "middle";
  /** No answer ever. */
  stall?: boolean;
  /** Every token handed out so far expires first. */
  expireTokens?: boolean;
  /** This text instead of the answer, with status 200 or the one given. */
  body?: string;
  /** Laid over the JSON of a good answer; null takes a member out (RFC 7396). */
  patch?: unknown;
}

const MEMBERS: Record<keyof Fault, string> = {
  operation: "string",
  times: "number",
  status: "number",
  code: "string",
  message: "string",
  retryAfterSeconds: "number",
  delayMs: "number",
  reset: "string",
  stall: "boolean",
  expireTokens: "boolean",
  body: "string",
  patch: "object",
};

/** Checks what a client posted; throws 400 with what is wrong. */
export function readFaults(posted: unknown): Fault[] {
  if (!Array.isArray(posted)) throw badRequest("A list of faults is needed");
  for (const fault of posted) {
    if (typeof fault !== "object" || fault === null || typeof fault.operation !== "string")
      throw badRequest("Each fault needs an operation, such as b2_download_file_by_name");
    if (BILLING_CLASSES[fault.operation] === undefined) throw badRequest(`There is no operation ${fault.operation}`);
    for (const [name, value] of Object.entries(fault)) {
      const type = MEMBERS[name as keyof Fault];
      if (type === undefined)
        throw badRequest(`A fault has no member ${name}; it may have ${Object.keys(MEMBERS).join(", ")}`);
      if (typeof value !== type) throw badRequest(`${name} of a fault must be a ${type}`);
    }
    if (fault.reset !== undefined && !["before", "middle"].includes(fault.reset))
      throw badRequest('reset must be "before" or "middle"');
  }
  return posted as Fault[];
}

/** The faults that are still to come. */
export class Faults {
  #pending: { fault: Fault; left: number }[] = [];

  add(faults: Fault[]): void {
    this.#pending.push(...faults.map((fault) => ({ fault, left: fault.times ?? 1 })));
  }

  clear(): void {
    this.#pending = [];
  }

  /** How many calls are still to fail, by operation. */
  left(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { fault, left } of this.#pending) {
      if (left > 0) sums[fault.operation] = (sums[fault.operation] ?? 0) + left;
    }
    return sums;
  }

  /** The fault of this call, if there is one; it counts as used. */
  take(operation: string): Fault | undefined {
    const next = this.#pending.find(({ fault, left }) => fault.operation === operation && left > 0);
    if (next === undefined) return undefined;
    next.left -= 1;
    return next.fault;
  }
}

/** Lets a fault happen around a call. */
export async function withFault(fault: Fault, request: Request, call: () => Promise<Response>): Promise<Response> {
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.stall === true) await untilAborted(request.signal);
  if (fault.reset === "before") throw new ConnectionReset();
  if (fault.body !== undefined)
    return new Response(fault.body, { status: fault.status ?? 200, headers: { "Content-Type": "application/json" } });
  if (fault.status !== undefined) {
    throw new B2Problem(
      fault.status,
      fault.code ?? "internal_error",
      fault.message ?? "A fault that a test asked for",
      fault.retryAfterSeconds,
    );
  }
  const response = await call();
  if (fault.patch !== undefined) return Response.json(mergePatch(await response.json(), fault.patch), response);
  return fault.reset === "middle" ? brokenInTheMiddle(response) : response;
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    if (signal.aborted) reject(new ConnectionReset());
    signal.addEventListener("abort", () => reject(new ConnectionReset()));
  });
}

function brokenInTheMiddle(response: Response): Response {
  const half = Math.floor(Number(response.headers.get("Content-Length")) / 2);
  let sent = 0;
  const breaker = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, Math.max(0, half - sent)));
      sent += chunk.length;
      if (sent >= half) setTimeout(() => controller.error(new ConnectionReset()), 20);
    },
    async flush() {
      await new Promise(() => undefined);
    },
  });
  return new Response(response.body?.pipeThrough(breaker) ?? null, response);
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = typeof target === "object" && target !== null ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}
