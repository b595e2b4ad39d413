import { request } from "node:http";
import { text } from "node:stream/consumers";
import { type Project, startProject } from "../project.ts";
import { startVarnish, type Varnish } from "./start-varnish.ts";

/** The Worker, with Varnish in front of both of its entrypoints. */
export interface CachedProject {
  /** Where visitors come. */
  url: string;
  project: Project;
  varnish: Varnish;
  /** A request of a visitor, at a connection of its own. */
  ask(path: string, init?: { method?: string; headers?: Record<string, string> }): Promise<VarnishAnswer>;
  /** Waits until all is over that was fetched for the visits so far. */
  settled(): Promise<void>;
  downloads(): number;
  stop(): Promise<void>;
}

export interface VarnishAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** Starts both, with Varnish's clock so far from ours. */
export async function startCachedProject(vars: Record<string, string>, clockOffsetMs = 0): Promise<CachedProject> {
  const varnish = await startVarnish(clockOffsetMs);
  const project = await startProject({
    vars: { ...vars, PUBLIC_CACHE_URL: varnish.publicUrl, IMAGES_CACHE_URL: varnish.imagesUrl },
    entry: "test/worker/support/behind-varnish.ts",
  }).catch(async (error: unknown) => {
    await varnish.stop();
    throw error;
  });
  await varnish.standBefore(project.url);
  let views = 0;
  const waiting: Promise<void>[] = [];
  return {
    url: varnish.publicUrl,
    project,
    varnish,
    ask: async (path, { method = "GET", headers = {} } = {}) => {
      views += 1;
      const view = String(views);
      const answer = await askOnce(varnish.publicUrl, path, { method, headers: { ...headers, "X-View": view } });
      waiting.push(varnish.log.settled(view));
      return answer;
    },
    settled: async () => void (await Promise.all(waiting.splice(0))),
    downloads: () => project.b2.stats().operations.b2_download_file_by_name?.calls ?? 0,
    stop: async () => {
      await project.stop();
      await varnish.stop();
    },
  };
}

/** As it is on the wire: `fetch` would keep connections, which end when the clock jumps. */
function askOnce(
  url: string,
  path: string,
  { method, headers }: { method: string; headers: Record<string, string> },
): Promise<VarnishAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, method, headers, agent: false }, async (response) => {
      const fields = new Headers();
      for (const [name, values] of Object.entries(response.headersDistinct))
        for (const value of values ?? []) fields.append(name, value);
      resolve({ status: response.statusCode ?? 0, headers: fields, text: await text(response) });
    });
    asking.on("error", reject).end();
  });
}
