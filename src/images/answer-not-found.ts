import { notFoundFileResponse } from "../respond/file-response.ts";
import { problemResponse } from "../respond/problem-response.ts";
import type { Visit } from "../visit.ts";
import { askForNotFoundFile } from "./ask-images.ts";

/** Answers that there is nothing at an address, with `NOT_FOUND_FILE` if the settings name one. */
export async function answerNotFound(visit: Visit, asked: { path: string; canonicalPath: string }): Promise<Response> {
  const page = await askForNotFoundFile(visit, asked.path);
  return page === undefined
    ? problemResponse({ kind: "not-found" }, visit, asked)
    : notFoundFileResponse(page, asked, visit);
}
