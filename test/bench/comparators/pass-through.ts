/** The least that a Worker in front of a private bucket can do: the token is added, nothing else. */
const BUCKET = "http://127.0.0.1/file/bench-bucket";
const TOKEN = "3_2026_bench-download-token";

export default {
  fetch(request: Request): Promise<Response> {
    const path = request.url.slice(request.url.indexOf("/", 8));
    return fetch(BUCKET + path, { headers: { Authorization: TOKEN } });
  },
};
