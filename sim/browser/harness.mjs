// What all browser tests share: a browser that reaches nothing but this machine, and the checks that every page has to pass.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const LIMIT_MILLISECONDS = 60_000;

/** Where a page would go to if it asked for anything outside: a port of this machine where nobody listens. */
const NOWHERE = "http://127.0.0.1:9";

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.KEDGE_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-quic", `--proxy-server=${NOWHERE}`,
    ],
  });
});

after(() => browser?.close());

/**
 * One test with a page of its own. Afterwards the page must have had no error, in its console or thrown, and must have asked
 * nothing of any other machine.
 *
 * @param look width and height in pixels, dark: whether the person wants it dark
 * @param body gets {page, tolerate, shot}: tolerate(pattern) for errors that the test brings about itself, shot(name) keeps
 *     a picture of the whole page in the folder KEDGE_SHOTS
 */
export function pageTest(name, { width = 1200, height = 900, dark = false } = {}, body) {
  test(name, { timeout: LIMIT_MILLISECONDS }, async () => {
    const context = await browser.newContext({
      viewport: { width, height }, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", locale: "en-GB",
    });
    try {
      const page = await context.newPage();
      const troubles = [];
      const tolerated = [];
      page.on("console", (message) => {
        if (message.type() === "error") troubles.push(`console: ${message.text()} ${message.location().url}`);
      });
      page.on("pageerror", (error) => troubles.push(`thrown: ${error.stack ?? error}`));
      const visit = (kind, address) => {
        if (!stays(address)) troubles.push(`${kind} to another machine: ${address}`);
      };
      context.on("request", (request) => visit("request", request.url()));
      page.on("websocket", (socket) => visit("websocket", socket.url()));
      await body({ page, tolerate: (pattern) => tolerated.push(pattern), shot: (shotName) => shot(page, shotName) });
      assert.deepEqual(troubles.filter((line) => !tolerated.some((pattern) => pattern.test(line))), []);
    } finally {
      await context.close();
    }
  });
}

function stays(address) {
  const { protocol, hostname } = new URL(address);
  return protocol === "data:" || protocol === "blob:" || protocol === "about:" || LOOPBACK.has(hostname);
}

async function shot(page, name) {
  const folder = process.env.KEDGE_SHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The page is no wider than its window: nobody has to scroll sideways, but within a box that is made for it. */
export async function assertFits(page) {
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const clipped = (one) => one !== document.body && (getComputedStyle(one).overflowX !== "visible" || clipped(one.parentElement));
    const out = [...document.querySelectorAll("body *")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > room + 1 && !clipped(one.parentElement))
      .map((one) => `${one.tagName}.${one.getAttribute("class")} ${one.textContent.slice(0, 40)}`);
    return { room, scroll: document.documentElement.scrollWidth, out };
  });
  assert.deepEqual(wide.out, []);
  assert.ok(wide.scroll <= wide.room, `the page is ${wide.scroll} px wide in ${wide.room} px`);
}

/** Every text stands out from what is behind it: a contrast of 4.5, or 3 where it is large (WCAG 2.2, 1.4.3). */
export async function assertReadable(page) {
  assert.deepEqual(await page.evaluate(() => {
    const parse = (color) => {
      const [red, green, blue, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
      return { rgb: [red, green, blue], alpha };
    };
    const light = ({ rgb }) => {
      const [red, green, blue] = rgb.map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (element) => {
      for (let one = element; one !== null; one = one.parentElement) {
        const color = parse(getComputedStyle(one).backgroundColor);
        if (color.alpha === 1) return color;
      }
      return { rgb: [255, 255, 255] };
    };
    const poor = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      const words = texts.currentNode.textContent.trim();
      if (words === "" || !element.checkVisibility() || element.closest("script, style, noscript, title")) continue;
      const style = getComputedStyle(element);
      const ink = parse(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
      const [less, more] = [light(ink), light(ground(element))].sort((one, other) => one - other);
      const pixels = parseFloat(style.fontSize);
      const large = pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 700);
      const contrast = (more + 0.05) / (less + 0.05);
      if (contrast < (large ? 3 : 4.5)) poor.push(`${contrast.toFixed(2)}: ${words.slice(0, 60)}`);
    }
    return poor;
  }), []);
}
