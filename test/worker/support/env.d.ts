/** The bindings that the tests get from wrangler.toml. */
declare namespace Cloudflare {
  interface Env {
    TOKENS: KVNamespace;
  }
}
