import type { TokenNamespace } from "../../../src/token/store.ts";

type KvState = "works" | "throws" | "hangs";

/** A KV namespace that can fail, and that another place has written to some time ago. */
export class FaultyKv implements TokenNamespace {
  /** What was written, as another place will see it in the end. */
  readonly values = new Map<string, string>();
  /** What this place still answers, whatever was written; undefined: it is up to date. */
  stale: Map<string, string> | undefined;
  reads: KvState = "works";
  writes: KvState = "works";
  /** The keys asked for, with the `cacheTtl` of each. */
  readonly readLog: { key: string; cacheTtl: number }[] = [];
  readonly writeLog: string[] = [];

  async get(key: string, { cacheTtl }: { type: "text"; cacheTtl: number }): Promise<string | null> {
    this.readLog.push({ key, cacheTtl });
    await happens(this.reads, "read");
    return (this.stale ?? this.values).get(key) ?? null;
  }

  async put(key: string, value: string): Promise<void> {
    this.writeLog.push(key);
    await happens(this.writes, "write");
    this.values.set(key, value);
  }

  /** From now on this place answers what it knows now, as for minutes after a write elsewhere. */
  lag(): void {
    this.stale = new Map(this.values);
  }
}

async function happens(state: KvState, what: string): Promise<void> {
  if (state === "hangs") await new Promise(() => undefined);
  if (state === "throws") throw new Error(`KV ${what}: 500 Internal Error`);
}
