import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bundle, buildBundle } from "../bundle.ts";
import { openHeapProbe } from "../heap.ts";
import { type KvServer, startKvServer } from "../kv-server.ts";
import { memoryBytes } from "../process-figures.ts";
import { startWorkerd, type WorkerdProcess } from "../workerd-process.ts";
import { measureBurst } from "./burst.ts";
import { planFaults } from "./fault-plan.ts";
import { makeFiles } from "./files.ts";
import { APPLICATION_KEY, BUCKET, type RecordedB2, startRecordedB2 } from "./recorded-b2.ts";
import { PRIVATE_PREFIX } from "./requests.ts";
import { seededRandom } from "./seeded-random.ts";
import { makeReport, type SoakReport } from "./soak-report.ts";
import { askSteadily, recover } from "./traffic.ts";
import type { Observed, SoakOptions, World } from "./world.ts";

/** How often the cron is fired, after which B2 forgets all older tokens, and how often memory is read. */
const CRON_EVERY_MS = 3_000;
const MEMORY_EVERY_MS = 1_000;
/** A rotation that takes longer will never end: it has at most 10 s a call. */
const CRON_PATIENCE_MS = 60_000;

/** Runs the Worker on plain workerd against a local B2 with faults, and judges every answer. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const scratch = await mkdtemp(join(tmpdir(), "b2-image-worker-soak-"));
  const kv = await startKvServer();
  const agent = new Agent({ keepAlive: true });
  const random = seededRandom(options.seed);
  const files = makeFiles(random);
  const windows = planFaults(options.seconds * 1000, random);
  let startedAt = Number.POSITIVE_INFINITY;
  const elapsedMs = () => performance.now() - startedAt;
  const b2 = await startRecordedB2({ files, windows, random, elapsedMs });
  try {
    const bundle = await buildBundle(scratch);
    const burstMemory = options.burst ? await measureBurst(bundle) : undefined;
    const workerd = await startWorker(bundle, { b2, kv, elapsedMs });
    const heap = await openHeapProbe(workerd.inspectorPort);
    try {
      startedAt = performance.now();
      const observed = await observe({ ...options, random, files, windows, b2, workerd, heap, agent, elapsedMs });
      return makeReport(options, { ...observed, calls: b2.calls, logs: workerd.lines(), burstMemory });
    } finally {
      heap.close();
      await workerd.stop();
    }
  } finally {
    agent.destroy();
    await b2.close();
    kv.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function startWorker(bundle: Bundle, parts: { b2: RecordedB2; kv: KvServer; elapsedMs: () => number }) {
  const { server } = parts.b2;
  return await startWorkerd({
    ...bundle,
    modules: [{ name: "index.js", text: bundle.text }],
    b2Port: server.port,
    kvPort: parts.kv.port,
    now: parts.elapsedMs,
    inspector: true,
    vars: {
      B2_APPLICATION_KEY_ID: APPLICATION_KEY.keyId,
      B2_APPLICATION_KEY: APPLICATION_KEY.key,
      B2_API_URL: server.url,
      // Without it the name is known with a token alone, and another bucket's link would be refused by B2's grace.
      B2_BUCKET_NAME: BUCKET,
      PRIVATE_PREFIXES: PRIVATE_PREFIX,
      URL_SIGNING_KEYS: "soak:a-secret-of-the-soak-only",
    },
  });
}

async function observe(world: World): Promise<Observed> {
  const observed: Observed = { exchanges: [], rotations: [], memory: [], recoveredAfterMs: undefined };
  const { b2, workerd, heap, elapsedMs } = world;
  const endsAtMs = world.seconds * 1000;
  const every = async (ms: number, run: () => unknown) => {
    while (elapsedMs() < endsAtMs) {
      await run();
      await sleep(ms);
    }
  };
  const sampling = every(MEMORY_EVERY_MS, async () => {
    observed.memory.push({ heap: await heap.usedBytes(), resident: memoryBytes(workerd.pid) });
  });
  await Promise.all([
    askSteadily(world, observed),
    every(CRON_EVERY_MS, async () => {
      const succeeded = await fireCron(workerd);
      observed.rotations.push(succeeded);
      // Isolates hold the token before it. Were the one in KV dead too, none would be minted for two minutes.
      if (succeeded) b2.server.b2.expireTokens({ butNewest: true });
    }),
    failRotations(world, observed),
  ]);
  observed.recoveredAfterMs = await recover(world, endsAtMs);
  // After the recovery, whose requests let a last sample end.
  await sampling;
  return observed;
}

/** Fires the cron each time that B2's API refuses the key. */
async function failRotations({ windows, workerd, elapsedMs }: World, observed: Observed): Promise<void> {
  for (const { kind, fromMs } of windows) {
    if (kind !== "api-refused") continue;
    await sleep(Math.max(0, fromMs + 100 - elapsedMs()));
    observed.rotations.push(await fireCron(workerd));
  }
}

async function fireCron({ cronPort }: WorkerdProcess): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${cronPort}/`, { signal: AbortSignal.timeout(CRON_PATIENCE_MS) });
  await response.arrayBuffer();
  return response.ok;
}
