import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createGroupStop } from "../../local-site/process-group.ts";
import { quietEnvironment } from "../../local-site/wrangler-dev.ts";
import { PROJECT_DIR } from "../../project-dir.ts";
import { NODE_ARGUMENTS } from "../node-arguments.ts";

const COPIED = ["package.json", "tsconfig.json", "wrangler.toml", ".dev.vars.example", ".gitignore"];
/** What the tests' own environment may hold and a command would read. */
const NOT_PASSED_ON = /^(?:B2_|URL_SIGNING_KEYS$|CLOUDFLARE_|CF_|CI$|WRANGLER_|npm_|INIT_CWD$)/;

export interface Outcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** What its standard input says. */
  input?: string;
}

export interface ScratchProject {
  folder: string;
  /** The environment of commands; add to it with `run`'s options. */
  environment: Record<string, string>;
  /** Runs `src/cli/NAME.ts` in the folder, without a terminal. */
  run(name: string, args?: string[], options?: RunOptions): Promise<Outcome>;
  /** The same through `npm run NAME -- …`. `beforeDashes`: what npm takes for its own options. */
  npm(name: string, args?: string[], beforeDashes?: string[]): Promise<Outcome>;
  read(file: string): string;
  write(file: string, content: string): void;
  /** Replaces text in wrangler.toml; throws when it is not there. */
  editConfig(from: string | RegExp, to: string): void;
  /** Sets a variable of `[vars]`; `value` is TOML. */
  setVariable(name: string, value: string): void;
  /** Opens the example of a custom domain. */
  setDomain(host: string): void;
  removeFile(file: string): void;
  has(file: string): boolean;
  /** The permission bits, such as 0o600. */
  modeOf(file: string): number;
  /** Ends what a test has left running, and removes the folder. */
  remove(): Promise<void>;
}

/**
 * A copy of the project as a new owner has it after `npm ci`, in a folder of its own. One factory, since all of it works on
 * that folder and on what runs there.
 */
export function createScratchProject(): ScratchProject {
  const folder = mkdtempSync(join(tmpdir(), "b2-image-worker-cli-"));
  for (const name of COPIED) cpSync(join(PROJECT_DIR, name), join(folder, name));
  // Node compiles files at their real path once for all projects.
  for (const name of ["src", "node_modules"]) symlinkSync(join(PROJECT_DIR, name), join(folder, name));
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name)));
  const environment = { ...own, ...quietEnvironment(folder), NO_COLOR: "1", TMPDIR: folder } as Record<string, string>;

  const running = new Set<() => Promise<void>>();

  async function start(program: string, args: string[], { env, input = "" }: RunOptions): Promise<Outcome> {
    const child = spawn(program, args, { cwd: folder, env: { ...environment, ...env }, detached: true });
    const stop = createGroupStop(child);
    running.add(stop);
    const ended = once(child, "close");
    child.stdin.end(input);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    running.delete(stop);
    await stop();
    return {
      exitCode: child.exitCode,
      stdout,
      stderr,
    };
  }

  return {
    folder,
    environment,
    run: (name, args = [], options = {}) =>
      start(process.execPath, [...NODE_ARGUMENTS, join("src/cli", `${name}.ts`), ...args], options),
    npm: (name, args = [], beforeDashes = []) =>
      start("npm", ["run", "--silent", name, ...beforeDashes, "--", ...args], {}),
    read: (file) => readFileSync(join(folder, file), "utf8"),
    write: (file, content) => {
      writeFileSync(join(folder, file), content);
      chmodSync(join(folder, file), 0o644);
    },
    editConfig(from, to) {
      const before = this.read("wrangler.toml");
      const after = before.replace(from, () => to);
      if (after === before) throw new Error(`wrangler.toml has no ${from}`);
      this.write("wrangler.toml", after);
    },
    setVariable(name, value) {
      this.editConfig(new RegExp(`^(?:# )?${name} = .*$`, "m"), `${name} = ${value}`);
    },
    setDomain(host) {
      const opened = `[[routes]]\npattern = "${host}"\ncustom_domain = true`;
      this.editConfig(/^# \[\[routes\]\]\n# pattern.*\n# custom_domain.*$/m, opened);
    },
    removeFile: (file) => rmSync(join(folder, file)),
    has: (file) => existsSync(join(folder, file)),
    modeOf: (file) => statSync(join(folder, file)).mode & 0o777,
    async remove() {
      for (const stop of running) await stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
