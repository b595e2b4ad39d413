import { runCommand } from "./command.ts";
import { deploy } from "./deploy/run-deploy.ts";

await runCommand(async () => (await deploy(process.argv.slice(2))).exitCode);
