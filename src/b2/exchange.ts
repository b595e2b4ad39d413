import { B2Error } from "./error.ts";

export interface Exchange {
  operation: string;
  url: string;
  method: string;
  fields: Record<string, string>;
  body?: string;
  /** How long B2 may take until its response fields are here. The body may take longer. */
  timeoutMs: number;
}

/**
 * Sends one request to B2 and gives its response, whatever the status.
 * Throws `B2Error` `timeout` or `unreachable` when there is none.
 */
export async function exchange({ operation, url, method, fields, body, timeoutMs }: Exchange): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    return await fetch(url, {
      method,
      headers: fields,
      // A credential's answer must be in no cache but ours (platform: fetch() stores *.jpg by default).
      cache: "no-store",
      // B2 never redirects these calls; following one would carry the credential elsewhere.
      redirect: "manual",
      signal: abort.signal,
      ...(body === undefined ? {} : { body }),
    });
  } catch (cause) {
    throw new B2Error({ code: abort.signal.aborted ? "timeout" : "unreachable", operation, cause });
  } finally {
    clearTimeout(timer);
  }
}
