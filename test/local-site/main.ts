import { setTimeout as sleep } from "node:timers/promises";
import { startLocalB2 } from "../local-b2/serve.ts";
import { addEventRule } from "./event-rule.ts";
import { fireCron } from "./fire-cron.ts";
import { startGalleryPage } from "./gallery-page.ts";
import { parseStart, SAMPLE_DIR, type StartOptions } from "./options.ts";
import { LOCAL_VARIABLES, makeLocalSecrets } from "./own-values.ts";
import { isPortFree } from "./ports.ts";
import { samplePathsOf } from "./sample-paths.ts";
import { startWorker, type WorkerUnderDev } from "./worker-under-dev.ts";

const URLS_SHOWN = 5;
const GIVE_UP_TIMEOUT_MS = 5_000;
const KEY_ID = "local-key-id";
const KEY = "local-key";
/** What the Worker needs, so that it tells of no mighty key. */
const CAPABILITIES = ["listFiles", "readFiles", "shareFiles"];

type Stop = () => Promise<void>;

// What was started, in order; ended in the opposite order.
const stops: Stop[] = [];
const giveUp = new AbortController();
let starting: Promise<void> | undefined;

async function main(): Promise<void> {
  // npm runs scripts in the project's folder and keeps the user's own here.
  const parsed = parseStart(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (parsed.do === "help") return void process.stdout.write(parsed.text);
  if (parsed.do === "refuse") return refuse(parsed.reason, 2);
  const busy = await findBusyPort(parsed.options);
  if (busy !== undefined) return refuse(busy, 1);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end(0));
  starting = start(parsed.options);
  try {
    await starting;
  } catch (error) {
    if (giveUp.signal.aborted) return;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await end(1);
  }
}

async function start({ port, b2Port, dir }: StartOptions): Promise<void> {
  process.stdout.write("Starting the local B2 and the Worker …\n");
  const b2 = await startLocalB2({
    port: b2Port,
    host: "127.0.0.1",
    dir,
    keyId: KEY_ID,
    key: KEY,
    capabilities: CAPABILITIES,
  });
  stops.push(() => b2.close());
  for (const name of b2.leftOut) {
    process.stderr.write(`Left out, because B2 takes no such name: ${JSON.stringify(name)}\n`);
  }
  const secrets = makeLocalSecrets();
  const worker = await startWorker({
    port,
    b2Url: b2.url,
    keyId: KEY_ID,
    key: KEY,
    vars: LOCAL_VARIABLES,
    secrets,
    onLog: (line) => void process.stdout.write(`${line}\n`),
    signal: giveUp.signal,
  });
  stops.push(worker.stop);
  void worker.ended.then(() => endIfUnasked(worker));
  addEventRule(b2.b2, { workerUrl: worker.url, secret: secrets.B2_EVENT_SIGNING_SECRET });
  await rotateOnce(worker);
  const otherSite = dir === SAMPLE_DIR ? await startOtherSite(port) : undefined;
  announce({
    port,
    b2Url: b2.url,
    dir,
    fileNames: b2.b2.bucket("images").files.keys(),
    ownerPassword: secrets.OPERATOR_TOKEN,
    otherSite,
  });
}

async function startOtherSite(port: number): Promise<string> {
  const gallery = await startGalleryPage(`http://localhost:${port}`);
  stops.push(() => gallery.close());
  return gallery.url;
}

async function rotateOnce(worker: WorkerUnderDev): Promise<void> {
  const response = await fireCron(worker.url);
  if (!response.ok) throw new Error(`The cron's first rotation failed: ${await response.text()}\n${worker.output()}`);
}

interface Started extends Pick<StartOptions, "port" | "dir"> {
  /** What the local B2 has made of the folder. */
  fileNames: Iterable<string>;
  b2Url: string;
  ownerPassword: string;
  otherSite: string | undefined;
}

function announce(started: Started): void {
  const site = `http://localhost:${started.port}`;
  const paths = samplePathsOf(started.fileNames).slice(0, URLS_SHOWN);
  const shown = [...paths, ...paths.slice(0, 1).map((path) => `${path}?preset=thumb`), "/-/health"];
  const lines = [`Ready: ${site}/`, "", ...shown.map((path) => `  ${site}${path}`)];
  if (paths.length === 0) lines.push(`  no image was found in ${started.dir}`);
  lines.push("", "Yours alone, with any user name:", "", `  ${site}/-/status   password ${started.ownerPassword}`);
  if (started.otherSite !== undefined) {
    lines.push("", `A page of another site, which tells what the presets save: ${started.otherSite}`);
  }
  lines.push("", `The local B2 is ${started.b2Url}. Ctrl-C ends all.`, "");
  process.stdout.write(`\n${lines.join("\n")}\n`);
}

async function findBusyPort({ port, b2Port }: StartOptions): Promise<string | undefined> {
  if (!(await isPortFree(port))) return `Port ${port} is in use; choose another one for the Worker with --port.`;
  if (!(await isPortFree(b2Port)))
    return `Port ${b2Port} is in use; choose another one for the local B2 with --b2-port.`;
  return undefined;
}

/** Ends with 2 when the command line is wrong, and with 1 when something else is. */
function refuse(reason: string, exitCode: 1 | 2): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = exitCode;
}

async function endIfUnasked(worker: WorkerUnderDev): Promise<void> {
  if (giveUp.signal.aborted) return;
  process.stderr.write(`wrangler dev ended by itself:\n${worker.output()}\n`);
  await end(1);
}

/** Ends everything once, however many signals come: npm passes on a Ctrl-C that the terminal has sent here already. */
async function end(exitCode: number): Promise<void> {
  if (giveUp.signal.aborted) return;
  giveUp.abort();
  await Promise.race([Promise.allSettled([starting]), sleep(GIVE_UP_TIMEOUT_MS)]);
  for (const stop of stops.toReversed()) await stop();
  process.exit(exitCode);
}

await main();
