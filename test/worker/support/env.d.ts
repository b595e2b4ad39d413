/** The bindings that the tests get from wrangler.toml and vitest.config.ts. */
declare namespace Cloudflare {
  interface Env {
    TOKENS: KVNamespace;
    IMAGES: ImagesBinding;
  }
}
