// The page of a real node, beside which no babeld runs: what it shows is what the node says.

import assert from "node:assert/strict";
import { assertFits, assertReadable, pageTest } from "../../../../browser/harness.mjs";

const PAGE = process.env.KEDGE_PAGE;

for (const width of [360, 1200]) {
  pageTest(`at ${width} px it shows what /status says`, { width }, async ({ page, shot }) => {
    const opened = await page.goto(PAGE);
    assert.match(opened.headers()["content-security-policy"], /^default-src 'self';/);
    assert.equal(opened.headers()["cache-control"], "no-store");
    await page.waitForFunction(() => document.title.includes("roof-7 faulty"));
    const said = await (await page.request.get(new URL("status", PAGE).href)).json();
    assert.match(await page.textContent("#sentence"), /^roof-7: .*babeld is not running.* It is this node's own fault/);
    for (const fault of said.faults) {
      const card = await page.innerText(`[data-key="${fault.kind}"]`);
      assert.ok(card.includes(fault.advice) && card.includes(fault.blame), card);
    }
    for (const one of said.traffic?.interfaces ?? []) assert.ok((await page.innerText("[data-key=interfaces]")).includes(one.name));
    await page.waitForSelector(".chart canvas");
    // The node goes on writing its journal meanwhile.
    await page.waitForFunction(async () => {
      const history = await (await fetch("history")).json();
      return history.schema === "kedge-history" && history.points.memory_heap_used_bytes.length > 0
        && document.getElementById("entries-title").textContent.startsWith(`${history.journal.length} entr`);
    });
    await assertFits(page);
    await assertReadable(page);
    await shot(`real-node-${width}`);
  });
}
