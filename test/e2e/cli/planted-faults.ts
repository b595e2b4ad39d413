import type { Asked, Passing } from "./forwarder.ts";
import type { Fault } from "./front-cache.ts";

/** The fault at one path alone. */
export function on(path: string, fault: Fault): Fault {
  return (answer, asked) => {
    if (asked.path === path) fault(answer, asked);
  };
}

export function raise(seconds: number): Fault {
  return ({ headers }) => headers.set("Cache-Control", `public, max-age=${seconds}`);
}

/** The fault in answers of one status alone. */
export function onStatus(status: number, fault: Fault): Fault {
  return (answer, asked) => {
    if (answer.status === status) fault(answer, asked);
  };
}

export function answers(status: number): Fault {
  return (answer) => {
    answer.status = status;
  };
}

export function withoutRanges(answer: Passing): void {
  if (answer.status !== 206) return;
  answer.status = 200;
  answer.headers.delete("Content-Range");
}

export function withoutSignedRanges(answer: Passing, { path }: Asked): void {
  if (!path.includes("sig=") || answer.status !== 206) return;
  withoutRanges(answer);
  answer.headers.delete("Content-Length");
  answer.body = Buffer.alloc(500);
}

export function shiftPart(answer: Passing): void {
  if (answer.status === 206) answer.body = Buffer.alloc(answer.body.length, "?");
}

export function cutPicture(answer: Passing): void {
  if (answer.status !== 200 || !answer.headers.get("Content-Type")?.startsWith("image/")) return;
  answer.body = answer.body.subarray(1);
  answer.headers.set("Content-Length", String(answer.body.length));
}

export function challenge(answer: Passing): void {
  page(answer);
  answer.status = 403;
  answer.headers.set("Cf-Mitigated", "challenge");
}

export function down(answer: Passing): void {
  answer.status = 503;
  setText(answer, '{"status":"down","cause":"key"}');
}

export function page(answer: Passing): void {
  answer.status = 200;
  setText(answer, "<h1>Hello</h1>");
  answer.headers.set("Content-Type", "text/html");
}

function setText(answer: Passing, text: string): void {
  answer.body = Buffer.from(text);
  for (const name of ["Content-Length", "Content-Encoding"]) answer.headers.delete(name);
}

export function neverNotModified(answer: Passing): void {
  if (answer.status === 304) answer.status = 200;
}

export function refuseHead(answer: Passing, { method }: Asked): void {
  if (method === "HEAD") answer.status = 405;
}
