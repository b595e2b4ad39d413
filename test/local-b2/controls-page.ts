import { html } from "hono/html";
import type { LocalB2 } from "./app.ts";
import { SWITCHES } from "./b2/switches.ts";
import type { Control } from "./controls.ts";

/** What a local B2 knows, for people and for tests. No key's secret part is in it. */
export function stateOf(b2: LocalB2): object {
  return {
    now: new Date(b2.now()).toISOString(),
    buckets: b2.world.buckets.map(({ name, isPublic, info, files, notificationRules }) => ({
      name,
      isPublic,
      cacheControl: info["Cache-Control"] ?? null,
      files: files.size,
      notificationRules: notificationRules.map(({ name: rule, targetConfiguration }) => ({
        name: rule,
        url: targetConfiguration.url,
      })),
    })),
    keys: b2.world.keys.map(({ keyId, capabilities, bucketIds, namePrefix, expiresAt }) => ({
      keyId,
      capabilities,
      buckets: bucketIds?.map((id) => b2.world.buckets.find((bucket) => bucket.id === id)?.name ?? null) ?? null,
      namePrefix,
      ends: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    })),
    switches: b2.world.switches,
    faults: b2.faultsLeft,
    deliveries: b2.world.events.deliveries,
    ...b2.stats(),
  };
}

/** A page for whoever opens `/_local/` in a browser. */
export function controlsPage(b2: LocalB2, controls: Control[]) {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The local B2</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem } td, th { text-align: left; padding: 0.2rem 1rem 0.2rem 0; vertical-align: top }</style>
<h1>The local B2 at ${b2.url}</h1>
<h2>Controls</h2>
<p>POST JSON to them:
<code>curl -d '{"advanceSeconds": 3600}' ${b2.url}/_local/clock</code>.
GET <a href="stats">stats</a> counts the calls with their billing class, GET <a href="state">state</a> tells all of this page as JSON.</p>
<table>
<tr><th>POST</th><th>what it does</th><th>example</th></tr>
${controls.map(
  ({
    name,
    meaning,
    example,
  }) => html`<tr><td>${name}</td><td>${meaning}</td><td><code>${JSON.stringify(example)}</code></td></tr>
`,
)}</table>
<h2>Switches</h2>
<table>
<tr><th>switch</th><th>positions</th><th>now</th><th>what it decides</th></tr>
${Object.entries(SWITCHES).map(
  ([
    name,
    { positions, meaning },
  ]) => html`<tr><td>${name}</td><td>${positions.join(", ")}</td><td>${Object.entries(b2.world.switches).find(([each]) => each === name)?.[1]}</td><td>${meaning}</td></tr>
`,
)}</table>
<h2>State</h2>
<pre>${JSON.stringify(stateOf(b2), null, 2)}</pre>
</html>`;
}
