import { runCommand } from "./command.ts";
import { runDoctor } from "./doctor/run-doctor.ts";

await runCommand(() => runDoctor(process.argv.slice(2)));
