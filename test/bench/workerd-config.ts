/** A Worker for plain `workerd serve`, as its Cap'n Proto configuration is written. */
export interface WorkerdWorker {
  /** Module names and texts; the first is the entry. */
  modules: { name: string; text: string }[];
  compatibilityDate: string;
  compatibilityFlags: string[];
  /** Variables and secrets. */
  vars: Record<string, string>;
  /** Ports on this machine. */
  b2Port: number;
  kvPort: number;
}

/**
 * Lets HTTP fire the Worker's cron: plain workerd has no other way. `scheduled` on a service binding is experimental.
 */
const CRON_WORKER = `export default {
  async fetch(request, env) {
    const { outcome } = await env.MAIN.scheduled({ cron: "bench" });
    return new Response(outcome, { status: outcome === "ok" ? 200 : 500 });
  },
};`;

/**
 * Every request of the Worker, whatever its host, goes to the one B2 port: so the Workers compared share one way out.
 * KV is behind HTTP, as workerd has it.
 */
export function workerdConfig(worker: WorkerdWorker): string {
  const modules = worker.modules.map(({ name }) => `(name = ${quote(name)}, esModule = embed ${quote(name)})`);
  const vars = Object.entries(worker.vars).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`);
  const flags = worker.compatibilityFlags.map(quote).join(", ");
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules.join(", ")}],
      compatibilityDate = ${quote(worker.compatibilityDate)},
      compatibilityFlags = [${flags}],
      bindings = [(name = "TOKENS", kvNamespace = "kv"), ${vars.join(", ")}],
      globalOutbound = "b2",
    )),
    (name = "cron", worker = (
      modules = [(name = "cron.js", esModule = ${quote(CRON_WORKER)})],
      compatibilityDate = ${quote(worker.compatibilityDate)},
      compatibilityFlags = ["service_binding_extra_handlers"],
      bindings = [(name = "MAIN", service = "main")],
    )),
    (name = "b2", external = (address = "127.0.0.1:${worker.b2Port}", http = ())),
    (name = "kv", external = (address = "127.0.0.1:${worker.kvPort}", http = ())),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
    (name = "cron", address = "127.0.0.1:0", http = (), service = "cron"),
  ],
);
`;
}

/** JSON's escapes are Cap'n Proto's too, but for \\u, which JSON needs only for control characters. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, "\\x$1");
}
