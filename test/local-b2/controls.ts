import { Hono } from "hono";
import type { LocalB2 } from "./app.ts";
import { readFaults } from "./b2/faults.ts";
import { badRequest } from "./b2/problem.ts";
import { readParameters } from "./b2/request.ts";

/** The controls for tests, under `/_local/`. */
export function controlsOf(b2: LocalB2): Hono {
  const controls = new Hono();
  controls.get("/stats", (c) => c.json(b2.stats()));
  controls.post("/clock", async (c) => {
    const { advanceSeconds } = await readParameters(c.req.raw);
    if (typeof advanceSeconds !== "number") throw badRequest("advanceSeconds must be a number");
    b2.advance(advanceSeconds);
    return c.json({ now: new Date(b2.now()).toISOString() });
  });
  controls.post("/faults", async (c) => {
    const faults = readFaults(await c.req.raw.json().catch(() => undefined));
    b2.faults(faults);
    return c.json({ faults: faults.length });
  });
  controls.post("/reset", (c) => {
    b2.reset();
    return c.json({});
  });
  return controls;
}
