import type { Rejection } from "../rejection.ts";
import { problemResponse } from "../respond/problem-response.ts";
import { hasOwner, identify, refusalOf } from "../sign-in/identify.ts";
import type { Operator } from "../sign-in/sign-in.ts";
import type { Visit } from "../visit.ts";
import { answerEvents } from "./answer-events.ts";
import { answerFiles } from "./answer-files.ts";
import { answerPurge } from "./answer-purge.ts";
import { answerRotate } from "./answer-rotate.ts";
import { answerStatus } from "./answer-status.ts";
import { forOwner } from "./for-owner.ts";

/** An answer for the owner. */
type Answer = (visit: Visit) => Promise<Response>;

interface Route {
  /** HEAD is answered in the same way. */
  GET?: Answer;
  POST?: Answer;
  /** It finds out by itself who asks. */
  isOpen?: true;
}

const ROUTES: Record<string, Route> = {
  "/-/status": { GET: answerStatus },
  "/-/files": { GET: answerFiles },
  "/-/rotate": { POST: answerRotate },
  "/-/purge": { POST: answerPurge },
  "/-/events": { POST: answerEvents, isOpen: true },
};

/** Everything under `/-/` that is the owner's. Where the settings name no owner, none of it exists. */
export async function answerOperator(visit: Visit): Promise<Response> {
  return forOwner(visit.request, await answerOrRefuse(visit));
}

async function answerOrRefuse(visit: Visit): Promise<Response> {
  const { request, site } = visit;
  const route = ROUTES[new URL(request.url).pathname];
  if (route === undefined || !(hasOwner(site) || route.isOpen)) return refuse(visit, { kind: "not-found" });
  const answer = answerFor(route, request.method);
  if (answer === undefined) return refuse(visit, { kind: "method-not-allowed", allow: allowOf(route) });
  if (route.isOpen) return await answer(visit);
  const operator = await operatorOrRejection(visit);
  return operator.kind === "operator" ? await answer(visit) : refuse(visit, operator);
}

function answerFor({ GET: get, POST: post }: Route, method: string): Answer | undefined {
  if (method === "GET" || method === "HEAD") return get;
  return method === "POST" ? post : undefined;
}

async function operatorOrRejection({ request, site, ctx }: Visit): Promise<Operator | Rejection> {
  const identity = await identify({ request, access: ctx.access }, site);
  if (identity.kind !== "operator") return refusalOf(identity, site);
  const changes = request.method === "POST" && identity.by !== "bearer";
  return changes && !isFromOwnPage(request) ? { kind: "forbidden", detail: FOREIGN } : identity;
}

const FOREIGN =
  "A change is taken from this site's own pages, or from a program that sends the header «Authorization: Bearer OPERATOR_TOKEN».";

/** A browser adds a Basic password, or what Access goes by, to what any site makes it send: so it must say which site that is. */
function isFromOwnPage(request: Request): boolean {
  const site = request.headers.get("Sec-Fetch-Site");
  return request.headers.get("Origin") === new URL(request.url).origin && (site === null || site === "same-origin");
}

function refuse({ request }: Visit, rejection: Rejection): Response {
  return problemResponse(rejection, { request });
}

function allowOf({ GET: get, POST: post }: Route): string {
  return [get && "GET, HEAD", post && "POST"].filter((method) => method !== undefined).join(", ");
}
