import { writeFile } from "node:fs/promises";
import { buildBundle } from "./bundle.ts";
import { startOwn } from "./contenders.ts";
import { openInspector } from "./inspector.ts";
import { putLoad } from "./load.ts";
import { startOrigin } from "./origin-process.ts";

const SHOWN_FUNCTIONS = 20;
const WARM_UP_MS = 3_000;
const PROFILED_MS = 10_000;
const SAMPLING_INTERVAL_US = 200;
const LOAD = { path: "/photos/4k.jpg", bytes: 4096, concurrency: 8 };

/** A profile as V8 writes it. Source: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Profiles the Worker, unminified, under load at 4 KB. Writes the profile, and gives the functions with most time of their own. */
export async function profileWorker(scratch: string, file: string): Promise<string> {
  const bundle = await buildBundle(scratch, { minify: false });
  const origin = await startOrigin();
  const workerd = await startOwn(bundle, origin, { inspector: true });
  try {
    const inspector = await openInspector(workerd.inspectorPort);
    await putLoad({ ...LOAD, port: workerd.port, durationMs: WARM_UP_MS });
    await inspector.send("Profiler.enable");
    await inspector.send("Profiler.setSamplingInterval", { interval: SAMPLING_INTERVAL_US });
    await inspector.send("Profiler.start");
    const { requests } = await putLoad({ ...LOAD, port: workerd.port, durationMs: PROFILED_MS });
    const { profile } = (await inspector.send("Profiler.stop")) as { profile: CpuProfile };
    inspector.close();
    await writeFile(file, JSON.stringify(profile));
    return formatProfile(profile, requests);
  } finally {
    await workerd.stop();
    origin.stop();
  }
}

function formatProfile({ nodes, samples, timeDeltas }: CpuProfile, requests: number): string {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [id, callFrame.functionName || `(line ${callFrame.lineNumber + 1})`]),
  );
  const ownMicroseconds = new Map<string, number>();
  for (const [place, id] of samples.entries()) {
    const name = names.get(id) ?? "(unknown)";
    if (name !== "(idle)") ownMicroseconds.set(name, (ownMicroseconds.get(name) ?? 0) + (timeDeltas[place] ?? 0));
  }
  const all = [...ownMicroseconds].sort(([, one], [, other]) => other - one);
  const busy = all.reduce((sum, [, microseconds]) => sum + microseconds, 0);
  const lines = all.slice(0, SHOWN_FUNCTIONS).map(([name, microseconds]) => {
    const share = ((100 * microseconds) / busy).toFixed(1);
    return `${share.padStart(6)} %  ${(microseconds / requests).toFixed(2).padStart(7)} µs a request  ${name}`;
  });
  return `${requests} requests, ${(busy / requests).toFixed(1)} µs of JavaScript each. Time of their own:\n${lines.join("\n")}\n`;
}
