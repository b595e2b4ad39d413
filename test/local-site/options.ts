import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export type StartOptions = { port: number; b2Port: number; dir: string };

export type ParsedStart =
  | { do: "start"; options: StartOptions }
  | { do: "help"; text: string }
  | { do: "refuse"; reason: string };

/** The folder of the sample images, which the local B2 serves unless told otherwise. */
export const SAMPLE_DIR = fileURLToPath(new URL("./images", import.meta.url));

const HELP = `npm start -- [options]

Runs the Worker on this machine against a local B2. Nothing leaves the machine.

  --port N      port of the Worker (8787)
  --b2-port N   port of the local B2 (8788)
  --dir DIR     folder to serve in place of the sample images
  --help        this text
`;

/** Reads the command line of `npm start`; a relative DIR is taken from `cwd`. */
export function parseStart(args: string[], cwd: string): ParsedStart {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: "string", default: "8787" },
        "b2-port": { type: "string", default: "8788" },
        dir: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { do: "help", text: HELP };
    return checked({ port: values.port, b2Port: values["b2-port"], dir: values.dir, cwd });
  } catch (error) {
    if (error instanceof TypeError) return { do: "refuse", reason: firstSentence(error.message) };
    throw error;
  }
}

function checked(given: { port: string; b2Port: string; dir: string | undefined; cwd: string }): ParsedStart {
  const port = toPort(given.port);
  if (port === undefined)
    return { do: "refuse", reason: `--port must be a number from 1 to 65535, not "${given.port}".` };
  const b2Port = toPort(given.b2Port);
  if (b2Port === undefined) {
    return { do: "refuse", reason: `--b2-port must be a number from 1 to 65535, not "${given.b2Port}".` };
  }
  if (port === b2Port) return { do: "refuse", reason: `--port and --b2-port are both ${port}; they must differ.` };
  const dir = given.dir === undefined ? SAMPLE_DIR : resolve(given.cwd, expandHome(given.dir));
  const found = statSync(dir, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    const what = found === undefined ? "there is no such folder" : "this is a file, and a folder is needed";
    return { do: "refuse", reason: `--dir ${given.dir ?? ""}: ${what}.` };
  }
  return { do: "start", options: { port, b2Port, dir } };
}

function toPort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}

// A shell expands «--dir ~/Pictures» but not «--dir=~/Pictures».
function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

function firstSentence(text: string): string {
  const end = /\.\s/.exec(text);
  const sentence = (end === null ? text : text.slice(0, end.index)).trim();
  return `${sentence.replace(/\.$/, "")}. See npm start -- --help`;
}
