/** What src/settings.ts names of Cloudflare's types: Node has none of them, and the commands use none. */
type KVNamespace = object;
