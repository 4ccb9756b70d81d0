// The console's pages show what its JSON says. The story behind them is Story.java's.

import assert from "node:assert/strict";
import { assertFits, assertReadable, pageTest } from "../../../../browser/harness.mjs";

const CONSOLE = process.env.KEDGE_CONSOLE;
const HOSTILE = "<img src=x onerror=alert(1)><b>bold</b>";
const WIDE = { width: 1200, height: 900 };
const PHONE = { width: 360, height: 740 };

const state = async () => (await fetch(`${CONSOLE}state.json`)).json();

async function open(page, path = "") {
  await page.goto(CONSOLE + path);
  await page.locator(".line").first().waitFor();
}

async function nextLook(page) {
  for (let look = 0; look < 2; look += 1) await page.waitForResponse(/\.json$/);
}

pageTest("the overview says what its JSON says", WIDE, async ({ page, shot }) => {
  await open(page);
  const said = await state();
  const plain = (text) => text.replaceAll("\u2060", "");
  assert.equal(plain(await page.locator("h1").textContent()), said.sentence);
  assert.equal(await page.locator("#mesh .node").count(), said.nodes.length);
  for (const [index, node] of said.nodes.entries()) {
    const line = page.locator(".line").nth(index);
    assert.equal(await line.locator(".bar").count(), node.time_line.faults.length, `faults of ${node.name}`);
    const gaps = node.time_line.stretches.filter((one) => one.told === "nothing").length;
    assert.equal(await line.locator("rect.nothing").count(), gaps, `gaps of ${node.name}`);
    assert.equal(await page.locator("#mesh .node").nth(index).getAttribute("aria-label"),
      `${node.name}, ${node.state}${node.name === said.exit ? ", exit" : ""}`);
    assert.match(await page.locator("#nodes tbody tr").nth(index).textContent(), new RegExp(`${node.name}.*${node.state}`));
  }
  const shapes = await page.locator("#mesh .node.faulty polygon, #mesh .node.healthy circle.shape").count();
  assert.equal(shapes, 3);
  await shot("overview-wide");
});

pageTest("every bar, mark and gap is in the list for those who do not see the picture", WIDE, async ({ page }) => {
  await open(page);
  await page.locator("summary").click();
  const said = await state();
  const many = said.nodes.flatMap(({ time_line: line }) =>
    [...line.faults, ...line.marks, ...line.stretches.filter((one) => one.told !== "live")]).length;
  assert.equal(await page.locator("#words li").count(), many);
  assert.match(await page.locator("#words").textContent(), /Told afterwards: .* it came when the node was back/);
});

pageTest("HTML in what a node says shows as text", WIDE, async ({ page }) => {
  await open(page);
  await page.locator("summary").click();
  await page.locator(".bar.stands").focus();
  assert.ok((await page.locator(".tip").textContent()).includes(HOSTILE));
  assert.ok((await page.locator("#journal").textContent()).includes(HOSTILE));
  assert.equal(await page.locator("main img, main b b, .tip img").count(), 0);
});

for (const [name, look] of Object.entries({ wide: WIDE, phone: PHONE, "phone, dark": { ...PHONE, dark: true } })) {
  pageTest(`both pages fit and can be read: ${name}`, look, async ({ page, shot }) => {
    for (const path of ["", "nodes/n1", "nodes/n2", "nodes/n3", "nodes/n4"]) {
      await open(page, path);
      await assertFits(page);
      await assertReadable(page);
      await page.locator(".thing").last().hover();
      await assertFits(page);
      await shot(`${name}-${path.replace("/", "-") || "overview"}`);
    }
  });
}

pageTest("a click on a node leads to its page, and back", WIDE, async ({ page }) => {
  await open(page);
  await page.locator("#mesh .node.faulty").click();
  await page.waitForURL("**/nodes/n2");
  await page.locator(".line .bar").first().waitFor();
  const said = (await state()).nodes.find((node) => node.name === "n2");
  assert.equal(await page.locator(".line .bar").count(), said.time_line.faults.length);
  assert.match(await page.locator("h1").textContent(), /^n2 is faulty: BABEL_SILENT/);
  await page.getByText("All nodes").click();
  await page.locator("#mesh").waitFor();
});

pageTest("a node's page tells of its telemetry and traffic", WIDE, async ({ page }) => {
  await open(page, "nodes/n1");
  const text = await page.locator("main").textContent();
  for (const words of ["Uplinkmqtt", "Confirmed612", "Written to flash80.0 KiB", "to2n27.7 MiB891 KiB"]) {
    assert.ok(text.includes(words), words);
  }
});

pageTest("a look again leaves open what is open, the scroll and the focus", WIDE, async ({ page }) => {
  for (const path of ["", "nodes/n2"]) {
    await open(page, path);
    await page.locator("summary").click();
    const list = page.locator("details ol");
    await list.evaluate((one) => { one.scrollTop = 40; });
    await page.locator(".bar").last().focus();
    await page.evaluate(() => { window.mine = document.activeElement; });
    const before = await page.evaluate(() => scrollY);
    await nextLook(page);
    assert.ok(await page.evaluate(() => window.mine.isConnected && window.mine === document.activeElement), "the focus stays");
    assert.equal(await page.locator("details").getAttribute("open"), "");
    assert.equal(await list.evaluate((one) => one.scrollTop), 40);
    assert.equal(await page.evaluate(() => scrollY), before);
    assert.equal(await page.locator(".tip").isVisible(), true);
  }
});

pageTest("the keyboard leads along a line and shows its words", WIDE, async ({ page }) => {
  await open(page);
  await page.locator(".line").nth(1).locator("[tabindex='0']").focus();
  const first = await page.locator(".tip").textContent();
  await page.keyboard.press("ArrowLeft");
  const second = await page.locator(".tip").textContent();
  assert.notEqual(first, second);
  assert.equal(second.length > 10, true);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".tip").isVisible(), false);
});

pageTest("a touch shows words, and a touch elsewhere takes them away", PHONE, async ({ page }) => {
  await open(page);
  await page.locator(".line").nth(1).locator(".bar").nth(2).click();
  assert.match(await page.locator(".tip").textContent(), /raised/);
  await page.locator("h1").click();
  assert.equal(await page.locator(".tip").isVisible(), false);
});

pageTest("a gap is filled when the backlog has come", WIDE, async ({ page }) => {
  const away = await state();
  for (const stretch of away.nodes[2].time_line.stretches) {
    if (stretch.told === "afterwards") stretch.told = "nothing";
  }
  await page.route("**/state.json", (route) => route.fulfill({ json: away }));
  await open(page);
  const line = page.locator(".line").nth(2);
  await line.locator("rect.nothing").first().waitFor();
  assert.equal(await line.locator("rect.afterwards").count(), 0);
  await page.unroute("**/state.json");
  await line.locator("rect.afterwards").waitFor();
  assert.equal(await line.locator("rect.nothing").count(), 0);
});

pageTest("the span that was chosen holds", WIDE, async ({ page }) => {
  await open(page);
  assert.equal(await page.locator(".spans [aria-pressed=true]").textContent(), "1 h");
  await page.getByRole("button", { name: "10 min" }).click();
  assert.equal(await page.locator(".line").nth(3).locator("rect.nothing").count(), 1);
  await page.reload();
  await page.locator(".line").first().waitFor();
  assert.equal(await page.locator(".spans [aria-pressed=true]").textContent(), "10 min");
});

pageTest("the page says when the program behind it has gone, and when it is back", WIDE, async ({ page, tolerate }) => {
  tolerate(/ERR_FAILED/);
  await open(page);
  await page.route("**/state.json", (route) => route.abort());
  const gone = page.locator("#gone");
  await gone.waitFor({ state: "visible" });
  assert.match(await gone.textContent(), /The console itself does not answer \(no connection\)/);
  await page.unroute("**/state.json");
  await gone.waitFor({ state: "hidden" });
});
