import { execFileSync } from "node:child_process";
import { vi } from "vitest";
import type { ScratchProject } from "./scratch-project.ts";

/** A deploy in a terminal is a run of Wrangler or two: minutes, on a busy machine. */
const PATIENCE_MS = 100_000;

export interface Terminal {
  /** All that the terminal has shown, the lines that scrolled away too. */
  screen(): string;
  /** Waits until the text is on the screen; throws with the screen when it does not come. */
  sees(text: string): Promise<void>;
  /** Types letters as a person does. */
  type(text: string): void;
  /** Presses a key by tmux's name, such as Enter, Down, C-c. */
  press(...keys: string[]): void;
  /** Waits for the end of the command and gives its exit code. */
  ended(): Promise<number>;
  close(): void;
}

/** Runs a command line in the project's folder in a pseudo-terminal: tmux, with a server of its own. */
export function openTerminal(project: ScratchProject, command: string): Terminal {
  const socket = `b2-image-worker-${crypto.randomUUID()}`;
  const env = { ...project.environment, TERM: "xterm-256color" };
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], { env, encoding: "utf8" });
  // The shell stays, so that the screen can still be read.
  tmux(
    "new-session",
    "-d",
    "-x",
    "200",
    "-y",
    "60",
    "-c",
    project.folder,
    `${command}; echo "ended with $?."; exec cat`,
  );
  const screen = () => tmux("capture-pane", "-p", "-J", "-S", "-");

  async function sees(text: string): Promise<void> {
    try {
      await vi.waitUntil(() => screen().includes(text), { timeout: PATIENCE_MS, interval: 50 });
    } catch {
      throw new Error(`The terminal does not show «${text}»:\n${screen()}`);
    }
  }

  return {
    screen,
    sees,
    type: (text) => void tmux("send-keys", "-l", text),
    press: (...keys) => void tmux("send-keys", ...keys),
    async ended() {
      await sees("ended with ");
      return Number(/ended with (\d+)\./.exec(screen())?.[1]);
    },
    close: () => void tmux("kill-server"),
  };
}
