import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./client.ts";
import type { SoakFile } from "./files.ts";
import { makeRequest } from "./requests.ts";
import type { Observed, World } from "./world.ts";

/** An image after the last fault must come within this: the longest pause after a failed mint here. */
const RECOVERY_MS = 45_000;

/** Asks at a steady rate, whether earlier requests have their answers or not. No two at once for one file. */
export async function askSteadily(world: World, observed: Observed): Promise<void> {
  const { rate, seconds, files, random, elapsedMs } = world;
  const free = new Set(files);
  const underWay: Promise<void>[] = [];
  for (let count = 0; count < seconds * rate; count++) {
    await sleep(Math.max(0, (count / rate) * 1000 - elapsedMs()));
    const idle = [...free];
    const file = idle[Math.floor(random() * idle.length)];
    // Every file waits for a stalled B2: the next tick asks again.
    if (file === undefined) continue;
    free.delete(file);
    underWay.push(askOnce(world, { file, count, observed }).finally(() => free.add(file)));
  }
  await Promise.all(underWay);
}

async function askOnce(
  { workerd, agent, random, elapsedMs }: World,
  { file, count, observed }: { file: SoakFile; count: number; observed: Observed },
): Promise<void> {
  const request = makeRequest(file, count, random);
  const fromMs = elapsedMs();
  const answer = await ask(workerd.port, agent, request);
  observed.exchanges.push({ request, answer, fromMs, untilMs: elapsedMs() });
}

/** How long after the last fault an image comes again; undefined when it does not. No older token helps: all are dead. */
export async function recover(world: World, endsAtMs: number): Promise<number | undefined> {
  const { workerd, agent, files, elapsedMs } = world;
  world.b2.server.b2.expireTokens({ butNewest: true });
  const [file] = files;
  if (file === undefined) return undefined;
  const path = `/${file.name}`;
  while (elapsedMs() < endsAtMs + RECOVERY_MS) {
    const { status, bodySha256 } = await ask(workerd.port, agent, {
      kind: "image",
      method: "GET",
      path,
      fields: {},
      fileName: file.name,
      status: 200,
      bodySha256: file.sha256,
    });
    if (status === 200 && bodySha256 === file.sha256) return Math.max(0, elapsedMs() - endsAtMs);
    await sleep(200);
  }
  return undefined;
}
