import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";

/** What an upload of a Worker says of it. */
export interface Upload {
  workerName: string;
  bindings: { name: string; type: string; text?: string; namespace_id?: string }[];
  cacheEnabled: boolean | undefined;
  /** What is said of single entrypoints. */
  exports: unknown;
}

export interface CloudflareApi {
  /** What leads Wrangler here, logged in. */
  environment: Record<string, string>;
  uploads: Upload[];
  /** The hosts that were made custom domains, by Worker. */
  domains: Record<string, string[]>;
  /** Cron expressions by Worker. */
  schedules: Record<string, string[]>;
  /** Workers of the account, and the names of their secrets. */
  workers: Map<string, string[]>;
  /** Whether the token is refused. */
  refusesToken: boolean;
  /** Hosts that have a DNS record of somebody else. */
  busyHosts: Set<string>;
  /** Called while an upload is under way. */
  onUpload: () => void;
  /** Everything uploaded is forgotten. */
  reset(): void;
  close(): Promise<void>;
}

const VERSION_ID = "22222222-2222-4222-8222-222222222222";
const NO_WORKER = { code: 10007, message: "This Worker does not exist on your account." };

/**
 * A stand-in for the part of Cloudflare's API that `wrangler deploy`, `secret list` and `whoami` of this version ask,
 * as recorded from that Wrangler: for an account `acc` with the subdomain `you`, and another one.
 */
export async function startCloudflareApi(): Promise<CloudflareApi> {
  const state = emptyState();
  const server = createServer(getRequestListener(routesOf(state).fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    environment: {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}/client/v4`,
      CLOUDFLARE_API_TOKEN: "a token of these tests",
      CLOUDFLARE_ACCOUNT_ID: "acc",
    },
    reset: () => void Object.assign(state, emptyState()),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

type State = Omit<CloudflareApi, "environment" | "reset" | "close">;

function emptyState(): State {
  return {
    uploads: [],
    domains: {},
    schedules: {},
    workers: new Map(),
    busyHosts: new Set(),
    onUpload: () => undefined,
    refusesToken: false,
  };
}

/** Cloudflare's URLs that Wrangler asks for. It is long because each route is a line or two of it. */
function routesOf(state: State): Hono {
  const app = new Hono().basePath("/client/v4");
  app.use((c, next) =>
    state.refusesToken ? Promise.resolve(bad(c, { code: 10000, message: "Authentication error" }, 401)) : next(),
  );
  const accounts = [
    { id: "acc", name: "Mine" },
    { id: "other", name: "The club's" },
  ];
  app.get("/accounts", (c) => good(c, accounts));
  app.get("/memberships", (c) =>
    good(
      c,
      accounts.map((account) => ({ id: `member of ${account.id}`, account })),
    ),
  );
  const scripts = "/accounts/acc/workers/scripts/:name";
  app.get("/accounts/acc/workers/services/:name", (c) => {
    const isThere = state.workers.has(c.req.param("name"));
    return isThere
      ? good(c, { default_environment: { script: { last_deployed_from: "wrangler" } } })
      : bad(c, NO_WORKER);
  });
  app.get(`${scripts}/secrets`, (c) => {
    const secrets = state.workers.get(c.req.param("name"));
    return secrets === undefined
      ? bad(c, NO_WORKER)
      : good(
          c,
          secrets.map((name) => ({ name, type: "secret_text" })),
        );
  });
  app.put(scripts, async (c) => {
    await recordUpload(state, c.req.param("name"), await c.req.formData());
    return good(c, { id: c.req.param("name"), etag: "e", tag: "t", deployment_id: "1".repeat(32), startup_time_ms: 5 });
  });
  app.post(`${scripts}/versions`, async (c) => {
    await recordUpload(state, c.req.param("name"), await c.req.formData());
    return good(c, { id: VERSION_ID, startup_time_ms: 5, metadata: {}, resources: { script: { etag: "e" } } });
  });
  app.post(`${scripts}/deployments`, (c) => good(c, { id: VERSION_ID }));
  app.patch(`${scripts}/script-settings`, (c) => good(c, {}));
  app.put(`${scripts}/schedules`, async (c) => {
    const schedules: { cron: string }[] = await c.req.json();
    state.schedules[c.req.param("name")] = schedules.map(({ cron }) => cron);
    return good(c, {});
  });
  app.post(`${scripts}/domains/changeset`, async (c) => {
    const asked: { hostname: string }[] = await c.req.json();
    const conflicting = asked.filter(({ hostname }) => state.busyHosts.has(hostname));
    return good(c, { added: [], removed: [], updated: [], conflicting });
  });
  app.put(`${scripts}/domains/records`, async (c) => {
    const { origins }: { origins: { hostname: string }[] } = await c.req.json();
    state.domains[c.req.param("name")] = origins.map(({ hostname }) => hostname);
    return good(c, {});
  });
  app.all(`${scripts}/subdomain`, (c) => good(c, { enabled: true, previews_enabled: false }));
  app.get(`${scripts}/:part`, (c) => bad(c, NO_WORKER));
  app.get("/accounts/acc/workers/workers/:name", (c) =>
    good(c, { id: "w", name: c.req.param("name"), subdomain: { enabled: true, previews_enabled: false } }),
  );
  app.get("/accounts/acc/workers/subdomain", (c) => good(c, { subdomain: "you" }));
  app.get("/accounts/acc/storage/kv/namespaces", (c) => good(c, []));
  app.post("/accounts/acc/storage/kv/namespaces", (c) => good(c, { id: `kv${state.uploads.length}`, title: "t" }));
  app.notFound((c) => bad(c, { code: 7003, message: `No route for ${c.req.method} ${c.req.path}` }));
  return app;
}

async function recordUpload(state: State, workerName: string, form: FormData): Promise<void> {
  state.onUpload();
  const { bindings, cache_options: cache, exports } = JSON.parse(String(form.get("metadata")));
  state.uploads.push({ workerName, bindings, cacheEnabled: cache?.enabled, exports });
  const secrets = state.uploads.at(-1)?.bindings.filter(({ type }) => type === "secret_text") ?? [];
  state.workers.set(
    workerName,
    secrets.map(({ name }) => name),
  );
}

function good(c: Context, result: object): Response {
  return c.json({
    success: true,
    errors: [],
    messages: [],
    result,
    result_info: { page: 1, count: 0, total_count: 0 },
  });
}

function bad(c: Context, error: { code: number; message: string }, status: 401 | 404 = 404): Response {
  return c.json({ success: false, errors: [error], messages: [], result: null }, status);
}
