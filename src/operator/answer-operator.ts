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

/** Answers a request on one route. */
type Answer = (visit: Visit) => Promise<Response>;

interface Route {
  /** Answers HEAD too. */
  GET?: Answer;
  POST?: Answer;
  /** The owner need not be signed in: the route checks by itself who asks. */
  isOpen?: true;
}

const ROUTES: Record<string, Route> = {
  "/-/status": { GET: answerStatus },
  "/-/files": { GET: answerFiles },
  "/-/rotate": { POST: answerRotate },
  "/-/purge": { POST: answerPurge },
  "/-/events": { POST: answerEvents, isOpen: true },
};

/** Answers the owner's routes under `/-/`. While the settings have no way to sign in, they are 404. */
export async function answerOperator(visit: Visit): Promise<Response> {
  return forOwner(visit.request, await answerOrRefuse(visit));
}

async function answerOrRefuse(visit: Visit): Promise<Response> {
  const { request, site } = visit;
  const route = ROUTES[new URL(request.url).pathname];
  const isThere = route?.isOpen ? site.verifyEvents !== undefined : hasOwner(site);
  if (route === undefined || !isThere) return refuse(visit, { kind: "not-found" });
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
  "Changes are accepted from this site's own pages, and from programs that send the header «Authorization: Bearer OPERATOR_TOKEN».";

/** Browsers add a Basic password, or the cookie of Access, to requests that other sites make them send. So the origin must be this site. */
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
