// The node's page, held to what a node may say: canned answers, a node that falls silent, phones, both colour schemes.

import assert from "node:assert/strict";
import { assertFits, assertReadable, pageTest } from "../../../../browser/harness.mjs";
import { billing, faulty, healthy, HOSTILE, historyOf, hostile, mangled, mangledDay, paused, resting, say, start, starting, stop } from "./told.mjs";

const PAGE = process.env.KEDGE_PAGE;
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1200, height: 900 };

async function open(page, status, history) {
  await say(status, history);
  await page.goto(PAGE);
  await page.waitForFunction(() => !document.getElementById("sentence").textContent.startsWith("Asking"));
}

const sentence = (page) => page.textContent("#sentence");
const fact = (page, term) => page.locator("dl", { has: page.locator("dt", { hasText: term }) })
  .locator(`dt:text-is("${term}") + dd`).innerText();

/** The page has asked anew and shown it. */
async function anew(page) {
  await page.waitForResponse((answer) => answer.url().endsWith("/status"));
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
}

pageTest("a healthy node says so, with its neighbours, routes, exit and telemetry", DESK, async ({ page, shot }) => {
  await open(page, healthy());
  assert.equal(await sentence(page), "roof-7 is healthy: 2 neighbours heard, 14 routes in the kernel, the exit answers.");
  assert.equal(await page.title(), "✓ roof-7 healthy – Kedge");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  assert.equal(await page.isVisible("#faults"), false);
  const rows = await page.locator("#neighbours tbody tr").allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split(/\s*\t\s*/)), [
    ["wg1", "fe80::1c", "yes", "96", "16 of 16", "4.2 ms"], ["wg3", "fe80::2a", "yes", "288", "14 of 16", "31.7 ms"],
    ["wlan0", "fe80::9:1234:5678:9abc", "no", "infinite", "2 of 16", "–"]]);
  assert.equal(await fact(page, "Installed by babeld"), "14");
  assert.equal(await fact(page, "Missing in the kernel"), "0");
  assert.equal(await fact(page, "Exit"), "10.0.0.1 answers in 22.4 ms");
  assert.equal(await fact(page, "By way of"), "MQTT broker");
  assert.equal(await fact(page, "Not yet sent"), "0 messages, 0 bytes");
  assert.equal(await fact(page, "Memory available"), "311 MiB of 512 MiB");
  await shot("node-healthy-desk");
});

pageTest("a faulty node says what is wrong, whose fault it is, since when, and what a person should do", DESK, async ({ page, shot }) => {
  const told = faulty();
  await open(page, told);
  assert.equal(await sentence(page), `roof-7: babeld does not answer, since ${told.faults[0].since.slice(11, 19)} UTC. `
    + "It is this node's own fault; restart-babeld is under way. 2 more faults stand.");
  assert.match(await page.title(), /^! roof-7 faulty: babeld does not answer/);
  const cards = await page.locator("#faults .card").allInnerTexts();
  assert.equal(cards.length, 3);
  told.faults.forEach((fault, index) => {
    for (const words of [fault.kind, fault.evidence, fault.advice, `blame: ${fault.blame}`]) assert.ok(cards[index].includes(words), words);
  });
  assert.match(cards[0], /For 4 min 12 s, since/);
  assert.match(cards[1], /Kedge: rung 1 of 1; rests; looks again in 9 min\./);
  assert.match(await page.innerText("#remedy"), /restart-babeld\s*rung 2 of 4\s*disturbs: traffic\s+Done, and its effect waited for, because babeld does not answer \(7 s so far\)\./);
  assert.equal(await fact(page, "Not yet sent"), "212 messages, 783 KiB");
  assert.equal(await fact(page, "The oldest of them"), "3 h 31 min old");
  assert.equal(await fact(page, "Connected"), "no");
  const silenced = page.locator("details[data-key=silenced]");
  assert.match(await silenced.innerText(), /^1 more fault that another one explains$/);
  await silenced.locator("summary").click();
  assert.match(await silenced.innerText(), /There is no usable route\s+babeld does not answer\s+no finite route is installed/);
  assert.match(await page.locator("details[data-key=unknown]").innerText(), /1 thing that could not be judged/);
  await shot("node-faulty-desk");
});

pageTest("a node that rests calls for a person", DESK, async ({ page }) => {
  await open(page, resting());
  assert.match(await sentence(page), /Kedge has tried what it may and rests, a person is needed\.$/);
});

pageTest("a pause and a refused ladder are told, and the node is not shown as simply well", DESK, async ({ page, shot }) => {
  await open(page, paused());
  assert.match(await sentence(page), /Remedies are paused\.$/);
  assert.equal(await page.getAttribute("#sentence", "class"), "doubtful");
  const words = await page.innerText("#hindered");
  for (const expected of ["21 min 52 s left", "new antenna on the north roof", "line 4: rung reboot-node"]) assert.ok(words.includes(expected), expected);
  await shot("node-paused-desk");
});

pageTest("a node that starts, one that says little, and one that says nonsense are shown as far as they go", DESK, async ({ page, shot }) => {
  await open(page, starting(), {});
  assert.equal(await sentence(page), "roof-7 is starting: Kedge has not yet looked at everything.");
  assert.equal(await fact(page, "By way of"), "–");
  await shot("node-starting-desk");
  await say(mangled(), { points: [], journal: 7 }, mangledDay());
  await page.waitForFunction(() => document.title.includes("7 faulty"));
  assert.match(await sentence(page), /^7: a fault without a name\. Whose fault it is is not known/);
});

pageTest("an answer without a single section is shown too", DESK, async ({ page }) => {
  await open(page, {}, {});
  assert.match(await sentence(page), /^This node: nothing is known to be wrong, but Kedge is not sure/);
});

pageTest("what the node says is text and never HTML", PHONE, async ({ page, shot }) => {
  await open(page, hostile(), { ...historyOf(hostile()), journal: [
    { number: 1, at: new Date().toISOString(), kind: "found", fault: HOSTILE, words: HOSTILE }] });
  await page.locator("#timeline svg").press("ArrowLeft");
  assert.ok((await page.innerText("#faults")).includes(HOSTILE));
  assert.ok((await page.innerText("#timeline .tip")).includes(HOSTILE));
  assert.ok((await page.innerText("#accounts tbody th")).includes(HOSTILE));
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.equal(await page.locator("main img, main script, header img").count(), 0);
  await assertFits(page);
  await shot("node-hostile-phone");
});

for (const dark of [false, true]) {
  const scheme = dark ? "dark" : "light";
  for (const [name, look] of [["phone", PHONE], ["desk", DESK]]) {
    for (const [state, status] of [["healthy", healthy], ["faulty", faulty], ["paused", paused]]) {
      pageTest(`${state}, ${scheme}, on a ${name}: fits, and can be read`, { ...look, dark }, async ({ page, shot }) => {
        await open(page, status());
        await page.waitForSelector(".chart canvas");
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
        await assertFits(page);
        await assertReadable(page);
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = false; }));
        await shot(`node-${state}-${name}-${scheme}`);
      });
    }
  }
}

const account = (page, name) => page.locator("#accounts tbody tr", { hasText: name });

pageTest("each neighbour's bytes, amounts, price, standing and last statement are told", DESK, async ({ page, shot }) => {
  const told = healthy();
  const { at } = told.billing.neighbours[0].agreed;
  await open(page, told);
  assert.equal(await page.locator("#accounts tbody tr").count(), 3);
  assert.deepEqual((await account(page, "roof-8").innerText()).split(/\s*[\t\n]+\s*/), ["roof-8", "3vKx81Qa", "wg1 fe80::1c", "wlan0 fe80::9:1234:5678:9abc",
    "75.7 GiB", "2.2 GiB", "owes 3.25", "charged 0.04", "asks 0.020000001", "overdue", "slowed", "disputed", "owes 3.25 coins, more than 3.00 for 2 h",
    `88, ${at.slice(0, 10) === told.at.slice(0, 10) ? "" : `${at.slice(5, 10)} `}${at.slice(11, 19)}`]);
  assert.match(await account(page, "barn").innerText(), /is owed 0\.0004\s+charged 0\.02\s+asks –\s+due\s+this node should pay\s+none yet/);
  assert.match(await account(page, "wg4/fe80::77").innerText(), /^wg4\/fe80::77\s+12 bytes\s+0 bytes\s+owes under 0\.0001\s+charged –\s+asks –\s+good\s+none yet/);
  assert.match(await page.innerText("#accounts"), /counted and booked[^]*and 1 more[^]*owed to this node 3\.25, owed by it 0\.0004\. Of strangers: 1\.1 MiB\.$/);
  await shot("node-accounts-desk");
});

pageTest("what keeps the ledger from being written is told, and a node without billing has no accounts", DESK, async ({ page }) => {
  await open(page, healthy({ billing: billing({ state: "stalled", trouble: "the flash is full", held_count: 1, held_seconds: 61 }) }));
  assert.match(await page.innerText("#accounts p >> nth=0"), /^counted, and held in memory the flash is full 1 entry waits for 1 min 1 s\.$/);
  await say(healthy({ billing: {} }));
  await page.waitForSelector("#billing", { state: "hidden" });
});

pageTest("what was carried and handed over is drawn for all neighbours, or for one that is chosen", DESK, async ({ page }) => {
  await open(page, healthy());
  await page.waitForSelector("#billing-day canvas");
  const words = () => page.getAttribute("#billing-day .chart", "aria-label");
  assert.match(await words(), /^Carried and handed: .* carried 1\.\d MiB\/s, most 1\.7 MiB\/s at \d\d:\d\d.* handed over .*, most 17\d KiB\/s at/);
  assert.deepEqual(await page.locator("#whose option").allInnerTexts(), ["all neighbours", "roof-8", "barn", "link:wg4/fe80::77"]);
  await page.selectOption("#whose", { label: "barn" });
  assert.match(await words(), /, most 48\d KiB\/s at/);
  await anew(page);
  assert.match(await words(), /, most 48\d KiB\/s at/, "it stays chosen");
});

pageTest("charts are drawn, and their words tell the latest and the most", DESK, async ({ page }) => {
  await open(page, healthy());
  await page.waitForSelector(".chart canvas");
  await page.waitForSelector("#billing-day canvas");
  assert.equal(await page.locator(".chart canvas").count(), 4);
  const inked = await page.evaluate(() => [...document.querySelectorAll(".chart canvas")].map((canvas) => {
    const seen = canvas.getContext("2d").getImageData(80, 0, canvas.width - 80, canvas.height - 30).data;
    return new Set(Array.from({ length: seen.length / 4 }, (one, pixel) => seen.slice(pixel * 4, pixel * 4 + 4).join())).size;
  }));
  assert.ok(inked.every((colours) => colours > 5), `drawn in ${inked} colours`);
  assert.match(await page.getAttribute(".chart >> nth=0", "aria-label"), /received .*\/s, most .* at \d\d:\d\d.*sent/);
  assert.match(await page.getAttribute(".chart >> nth=1", "aria-label"), /available 3\d\d MiB/);
  await page.hover(".chart >> nth=0");
  await page.waitForFunction(() => [...document.querySelectorAll("#charts .key")].every((key) => /at \d\d:\d\d$/.test(key.textContent)));
});

pageTest("the time line tells its marks by pointer, tap and keys, and the list tells all", DESK, async ({ page, shot }) => {
  await open(page, faulty());
  const tip = page.locator("#timeline .tip");
  assert.equal(await tip.isVisible(), false);
  await page.hover("#timeline .mark >> nth=0");
  assert.match(await tip.innerText(), /helped after 1 s/);
  await shot("node-timeline-desk");
  await page.keyboard.press("Escape");
  await page.mouse.move(0, 0);
  assert.equal(await tip.isVisible(), false);
  await page.focus("#timeline svg");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  assert.match(await tip.innerText(), /EXIT_DEAF, the exit's: 10\.0\.0\.1 missed 3 tries/);
  await page.locator("#entries summary").click();
  const lines = await page.locator("#journal li").allInnerTexts();
  assert.equal(lines.length, 15);
  assert.match(lines[0], /restart-babeld, rung 2 of 4/);
});

pageTest("a young node is not shown with an empty day before it", DESK, async ({ page, shot }) => {
  await open(page, healthy({ runtime_uptime_seconds: 300 }), { ...historyOf({}, 5), journal: [] });
  await page.waitForFunction(() => document.getElementById("day-title").textContent === "The last hour");
  assert.match(await page.innerText("#timeline"), /Nothing was found wrong and nothing was done\./);
  await page.waitForSelector(".chart canvas");
  await shot("node-young-desk");
});

pageTest("what is open, chosen and scrolled to stays while the page refreshes itself", PHONE, async ({ page }) => {
  await open(page, faulty());
  await page.locator("details[data-key=silenced] summary").click();
  await page.locator("#inside summary").click();
  const card = await page.locator("#faults .card >> nth=1").elementHandle();
  await page.evaluate(() => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector("#faults .card p"));
    getSelection().addRange(range);
    scrollTo(0, 700);
  });
  const chosen = await page.evaluate(() => getSelection().toString());
  const changed = faulty();
  changed.faults[0].lasting_seconds = 300;
  changed.babel.neighbours[0].rtt_milliseconds = 5.5;
  await say(changed);
  await page.waitForFunction(() => document.getElementById("faults").textContent.includes("For 5 min"));
  assert.match(await page.innerText("#neighbours"), /5\.5 ms/);
  assert.equal(await page.evaluate(() => scrollY), 700);
  assert.equal(await page.evaluate(() => getSelection().toString()), chosen);
  assert.equal(await page.locator("details[data-key=silenced]").getAttribute("open"), "");
  assert.equal(await page.locator("#inside details").getAttribute("open"), "");
  assert.ok(await card.evaluate((one) => one.isConnected));
});

pageTest("nothing on the page is touched while nothing changes", DESK, async ({ page }) => {
  const still = healthy();
  await open(page, still);
  await page.waitForSelector(".chart canvas");
  await anew(page);
  await page.evaluate(() => {
    window.changes = [];
    const same = (one) => one.type === "attributes" && one.target.getAttribute(one.attributeName) === one.oldValue;
    new MutationObserver((all) => window.changes.push(...all.filter((one) => !same(one))
      .map((one) => `${one.type} in ${(one.target.nodeType === 3 ? one.target.parentElement : one.target).outerHTML.slice(0, 90)}`)))
      .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeOldValue: true });
  });
  await anew(page);
  await anew(page);
  assert.deepEqual(await page.evaluate(() => window.changes), []);
});

pageTest("rates of the interfaces come from two answers", DESK, async ({ page }) => {
  const first = healthy();
  await open(page, first);
  const second = healthy({ uptime_seconds: first.uptime_seconds + 10 });
  second.traffic.interfaces[0].received_bytes += 10 * 1024 * 300;
  second.traffic.interfaces[2].sent_bytes += 50;
  await say(second);
  await page.waitForFunction(() => document.querySelector("[data-key=interfaces]").textContent.includes("300 KiB/s"));
  assert.match((await page.locator("[data-key=interfaces] tbody tr").allInnerTexts())[2], /^wlan0\s+0 bytes\/s\s+5 bytes\/s\s+12 bytes\s+50 bytes$/);
});

pageTest("a node that no longer answers is told as that, with the age of what is shown, until it answers again", PHONE, async ({ page, tolerate, shot }) => {
  const told = healthy();
  await open(page, told);
  await assertFits(page);
  tolerate(/Failed to load resource: net::ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE|CONNECTION_RESET|SOCKET_NOT_CONNECTED)/);
  await stop();
  try {
    await page.waitForSelector("#gone:visible");
    assert.match(await page.innerText("#gone"), new RegExp(`^No answer since \\d+ s; what is shown is of ${told.at.slice(11, 19)} UTC\\.`));
    assert.equal(await page.title(), "no answer – roof-7 – Kedge");
    await page.waitForFunction((words) => document.getElementById("gone").textContent !== words, await page.innerText("#gone"));
    await assertReadable(page);
    await shot("node-silent-phone");
  } finally {
    await start();
  }
  await page.waitForSelector("#gone", { state: "hidden" });
  assert.equal(await page.title(), "✓ roof-7 healthy – Kedge");
});

pageTest("a node that fails at the question is not taken for one that answers", DESK, async ({ page }) => {
  await open(page, healthy());
  await say("no JSON at all");
  await page.waitForSelector("#gone:visible");
  assert.match(await page.innerText("#gone"), /^No answer since/);
});

pageTest("all of it can be reached with the keyboard", DESK, async ({ page }) => {
  await open(page, faulty());
  // The last day comes with an answer of its own.
  await page.waitForSelector(".chart canvas");
  const reached = [];
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement.closest("#timeline")?.id ?? document.activeElement.textContent));
  }
  for (const wanted of [/^1 more fault/, /^1 thing/, /^timeline$/, /as a list$/, /^Budgets/]) {
    assert.ok(reached.some((one) => wanted.test(one)), `${wanted} in ${reached}`);
  }
});
