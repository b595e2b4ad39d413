import { runCommand } from "./command.ts";
import { runSetup } from "./setup/run-setup.ts";

await runCommand(() => runSetup(process.argv.slice(2)));
