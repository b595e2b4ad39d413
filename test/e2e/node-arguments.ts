/** Node strips types by WebAssembly. To optimise that takes longer than a command of ours runs. */
export const NODE_ARGUMENTS = ["--liftoff-only"];
