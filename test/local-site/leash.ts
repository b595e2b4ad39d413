// Runs a program for as long as the process that started us lives. Its end, even by SIGKILL, closes our standard
// input, and then the whole process group goes: nothing is left behind on a developer's machine.
import { spawn } from "node:child_process";

const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
child.once("exit", (code) => process.exit(code ?? 1));
process.stdin.resume().once("close", () => process.kill(-process.pid, "SIGKILL"));
