import { type Context, Hono } from "hono";
import { authorizeAccount } from "./b2/accounts.ts";
import type { Calls } from "./b2/calls.ts";
import { downloadById, downloadByName } from "./b2/download.ts";
import { uploadPart } from "./b2/large-files.ts";
import { ACCOUNT_CALLS, BILLING_CLASSES } from "./b2/operations.ts";
import { B2Problem, badRequest, notFound, problemResponse } from "./b2/problem.ts";
import { rawPath, readParameters } from "./b2/request.ts";
import { uploadFile } from "./b2/uploads.ts";
import type { World } from "./b2/world.ts";

export interface RouteParts {
  world: World;
  calls: Calls;
  /** The URLs of tests. */
  controls: Hono;
  /** Told each download by name. */
  onDownload: (request: Request, path: string) => void;
}

/** B2's URLs: those of the API, of downloads, and those of tests. It is long because each route is a line or two of it. */
export function routesOf({ world, calls, controls, onDownload }: RouteParts): Hono {
  const app = new Hono({ getPath: (request) => rawPath(request.url) });
  app.route("/", controls);
  app.get("/file/:bucket/*", (c) => {
    const request = c.req.raw;
    const path = rawPath(request.url);
    const [, , bucketName = "", ...name] = path.split("/");
    onDownload(request, path);
    const asked = { request, bucketName, rawName: name.join("/") };
    return calls.run("b2_download_file_by_name", request, () => downloadByName(world, asked));
  });
  app.on(["GET", "POST"], "/b2api/:version/:operation/:id?", (c) => apiCall(c, world, calls));
  app.onError((error, c) => {
    if (error instanceof B2Problem) return problemResponse(error, c.req.raw.method);
    throw error;
  });
  app.notFound((c) => problemResponse(notFound("There is no such URL"), c.req.raw.method));
  return app;
}

async function apiCall(c: Context, world: World, calls: Calls): Promise<Response> {
  const request = c.req.raw;
  const operation = c.req.param("operation") ?? "";
  const apiVersion = Number(/^v([1-4])$/.exec(c.req.param("version") ?? "")?.[1]);
  if (Number.isNaN(apiVersion) || BILLING_CLASSES[operation] === undefined)
    throw badRequest(`Invalid API name or version: ${operation}`);
  const id = c.req.param("id") ?? "";
  return await calls.run(operation, request, async () => {
    switch (operation) {
      case "b2_authorize_account": {
        const authorization = request.headers.get("Authorization");
        return Response.json(authorizeAccount(world, { authorization, apiVersion }));
      }
      case "b2_upload_file":
        return Response.json(await uploadFile(world, request, id));
      case "b2_upload_part":
        return Response.json(await uploadPart(world, request, id));
      case "b2_download_file_by_id":
        return await downloadById(world, request);
      default:
        return Response.json(await accountCall(world, request, { operation, apiVersion }));
    }
  });
}

async function accountCall(
  world: World,
  request: Request,
  { operation, apiVersion }: { operation: string; apiVersion: number },
): Promise<object> {
  const run = ACCOUNT_CALLS[operation];
  if (run === undefined) throw badRequest(`Invalid API name: ${operation}`);
  const key = world.tokens.accountKey(request.headers.get("Authorization"));
  return await run({ world, apiVersion, key, parameters: await readParameters(request) });
}
