import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { BUCKET_CAPABILITIES, MASTER_KEY } from "./b2/application-key.ts";
import { readSwitches, SWITCHES } from "./b2/switches.ts";
import { requireFolder } from "./folder.ts";
import { type ServeOptions, startLocalB2 } from "./serve.ts";

const HELP = `A local Backblaze B2 for tests: npm run b2 -- [options]

  --port N            the port (8788)
  --host HOST         the address to listen at (127.0.0.1)
  --dir DIR           the files of the bucket; looked at anew with each request
  --write             keep uploads in DIR instead of in memory
  --key-id ID         the application key's id (local-key-id)
  --key KEY           the application key (local-key)
  --bucket NAME       the bucket (images)
  --second-bucket NAME  another bucket that the key reaches
  --without CAP       take a capability from the key; may be repeated (${BUCKET_CAPABILITIES.join(", ")})
  --unrestricted      the key reaches every bucket
  --name-prefix TEXT  the key reaches only names that start so
  --public            the bucket is public
  --key-ends SECONDS  the key ends so many seconds after the start
  --switch NAME=POSITION  where sources about B2 differ; may be repeated:
${switchLines()}
While it runs, /_local/ lists what can be changed.`;

type Options = ServeOptions & { help: boolean };

let options: Options | undefined;
try {
  options = await readOptions();
  await run(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  // 2 when the command line is wrong, and 1 when something else is.
  process.exitCode = options === undefined ? 2 : 1;
}

async function run({ help, ...options }: Options): Promise<void> {
  if (help) return console.log(HELP);
  const { url, b2, leftOut, close } = await startLocalB2(options);
  for (const name of leftOut) console.error(`Left out, because B2 takes no such name: ${JSON.stringify(name)}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  console.log(`Local B2 at ${url}
  B2_API_URL             ${url}
  B2_APPLICATION_KEY_ID  ${b2.keyId}
  B2_APPLICATION_KEY     ${b2.key}
  buckets                ${b2.bucketNames.join(", ")}
  master key             ${MASTER_KEY.keyId} / ${MASTER_KEY.key} (every bucket; may make keys and buckets)
  controls               ${url}/_local/
With rclone: rclone lsf :b2:${b2.bucketNames[0]} --b2-account ${b2.keyId} --b2-key ${b2.key} --b2-endpoint ${url}
Ctrl-C ends it.`);
}

async function readOptions(): Promise<Options> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8788" },
      host: { type: "string", default: "127.0.0.1" },
      dir: { type: "string" },
      write: { type: "boolean", default: false },
      "key-id": { type: "string" },
      key: { type: "string" },
      bucket: { type: "string" },
      "second-bucket": { type: "string" },
      without: { type: "string", multiple: true, default: [] },
      unrestricted: { type: "boolean", default: false },
      "name-prefix": { type: "string" },
      public: { type: "boolean", default: false },
      "key-ends": { type: "string" },
      switch: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const unknown = values.without.find((name) => !BUCKET_CAPABILITIES.includes(name));
  if (unknown !== undefined)
    throw new Error(`--without ${unknown}: the capabilities are ${BUCKET_CAPABILITIES.join(", ")}.`);
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new Error("--port must be a number from 0 to 65535.");
  if (values.write && values.dir === undefined) throw new Error("--write needs --dir DIR, where uploads are kept.");
  if (values.dir !== undefined) await requireFolder(values.dir);
  const ends = values["key-ends"];
  if (ends !== undefined && !/^\d{1,9}$/.test(ends)) throw new Error("--key-ends must be a number of seconds.");
  return {
    help: values.help,
    port: Number(values.port),
    host: values.host,
    write: values.write,
    unrestricted: values.unrestricted,
    isPublic: values.public,
    capabilities: BUCKET_CAPABILITIES.filter((name) => !values.without.includes(name)),
    switches: readSwitches(Object.fromEntries(values.switch.map((each) => each.split("=", 2)))),
    ...(ends !== undefined && { keyExpiresAt: Date.now() + Number(ends) * 1000 }),
    ...(values.dir !== undefined && { dir: resolve(values.dir) }),
    ...(values["key-id"] !== undefined && { keyId: values["key-id"] }),
    ...(values.key !== undefined && { key: values.key }),
    ...(values.bucket !== undefined && { bucket: values.bucket }),
    ...(values["second-bucket"] !== undefined && { secondBucket: values["second-bucket"] }),
    ...(values["name-prefix"] !== undefined && { namePrefix: values["name-prefix"] }),
  };
}

function switchLines(): string {
  return Object.entries(SWITCHES)
    .map(([name, { positions, meaning }]) => `      ${name}=${positions.join("|")}  ${meaning}`)
    .join("\n");
}
