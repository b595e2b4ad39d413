/** `npm run simulate`: many worlds, long ones too. */
import { BOUND_IN_WORDS } from "./call-bound.ts";
import { checkWorlds } from "./check-worlds.ts";
import { readOptions, type SimulateOptions, USAGE } from "./options.ts";

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function run({ kinds, ...options }: SimulateOptions): Promise<void> {
  say(`Seed ${options.seed}. The bound: ${BOUND_IN_WORDS}`);
  for (const kind of kinds) {
    const broken = await checkWorlds({ ...options, kind, print: (line) => say(`${kind}: ${line}`) });
    if (broken === undefined) continue;
    complain(
      `A promise of the ${kind} worlds is broken: ${broken.wrong}\nIn the world ${JSON.stringify(broken.world)}`,
    );
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  let options: SimulateOptions | undefined;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    // Node goes on about dashes for several lines.
    const [what = ""] = error instanceof Error ? error.message.split("\n") : [];
    complain(`${what}\nnpm run simulate -- --help tells what there is.`);
    process.exitCode = 2;
    return;
  }
  if (options === undefined) return say(USAGE);
  await run(options);
}

await main();
