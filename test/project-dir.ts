import { fileURLToPath } from "node:url";

/** The root of this project, with a slash at its end. */
export const PROJECT_DIR = fileURLToPath(new URL("..", import.meta.url));
