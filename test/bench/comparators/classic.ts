/** The Worker of many tutorials: token and bucket in its text, the path rewritten, all fields copied and some changed. */
const B2_HOST = "127.0.0.1";
const BUCKET = "bench-bucket";
const TOKEN = "3_2026_bench-download-token";
const REMOVED = ["x-bz-content-sha1", "x-bz-file-id", "x-bz-file-name", "x-bz-info-src_last_modified_millis"];

export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    url.host = B2_HOST;
    url.port = "";
    if (!url.pathname.startsWith(`/file/${BUCKET}`)) url.pathname = `/file/${BUCKET}${url.pathname}`;
    const fields = new Headers(request.headers);
    fields.set("Authorization", TOKEN);
    const response = await fetch(new Request(url, { method: request.method, headers: fields }));
    return new Response(response.body, { status: response.status, headers: changed(response) });
  },
};

function changed(response: Response): Headers {
  const fields = new Headers(response.headers);
  for (const name of REMOVED) fields.delete(name);
  fields.set("Access-Control-Allow-Origin", "*");
  if (response.status < 400) fields.set("Cache-Control", "public, max-age=86400");
  fields.set("ETag", `"${response.headers.get("x-bz-content-sha1")}"`);
  return fields;
}
