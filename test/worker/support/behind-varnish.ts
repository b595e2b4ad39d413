// An entry of the Worker for when Varnish stands in front of both of its entrypoints (test/e2e/varnish): what
// `ctx.exports.Images` asks goes through Varnish, which comes back to this entry and says so in a field.
import worker, { Images } from "../../../src/index.ts";
import type { Env } from "../../../src/settings.ts";

type EnvBehindVarnish = Env & {
  /** The cache of `Images`, without a slash at its end. */
  IMAGES_CACHE_URL: string;
};

async function answer(request: Request, env: EnvBehindVarnish, ctx: ExecutionContext): Promise<Response> {
  if (request.headers.get("X-Entrypoint") === "images") return await Images.fetch(request, env, ctx);
  let asked = 0;
  async function askImages(asking: Request): Promise<Response> {
    asked += 1;
    const { pathname, search } = new URL(asking.url);
    const headers = new Headers(asking.headers);
    headers.set("X-View", `${request.headers.get("X-View")} of Images`);
    return await fetch(env.IMAGES_CACHE_URL + pathname + search, { method: asking.method, headers });
  }
  Object.defineProperty(ctx, "exports", { value: { Images: { fetch: askImages } } });
  const response = await worker.fetch(request, env, ctx);
  // Tells the test for which answers of Images to wait.
  for (; asked > 0; asked -= 1) response.headers.append("X-Asked-Images", "once");
  return response;
}

export default { fetch: answer, scheduled: worker.scheduled } satisfies ExportedHandler<EnvBehindVarnish>;
