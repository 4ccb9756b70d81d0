// Each of these pages has something that no page may have, so each of these tests has to fail; the last one passes.

import { createServer } from "node:http";
import { after, before } from "node:test";
import { assertFits, assertReadable, pageTest } from "../../../harness.mjs";

const BODIES = {
  "/says": "<script>console.error('a thing is wrong')</script>",
  "/throws": "<script>setTimeout(() => { throw new Error('thrown late') })</script>",
  "/leaves": "<img src='http://192.0.2.7/spy.png' alt=''>",
  "/wide": "<div style='width:2000px'>wide</div>",
  "/pale": "<p style='color:#ccc'>pale</p>",
  "/good": "<h1>good</h1><p style='color:#555'>readable</p>",
};

let server;

before(() => new Promise((resolve) => {
  server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>t</title><link rel=icon href=data:,>${BODIES[request.url]}`);
  }).listen(0, "127.0.0.1", resolve);
}));
after(() => server.close());

const visit = (name, path, look = async () => {}) => pageTest(name, {}, async ({ page }) => {
  await page.goto(`http://127.0.0.1:${server.address().port}${path}`);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  await look(page);
});

visit("an error in the console", "/says");
visit("an error that is thrown", "/throws");
visit("a request to another machine", "/leaves");
visit("wider than its window", "/wide", assertFits);
visit("too pale to be read", "/pale", assertReadable);
visit("nothing wrong", "/good", async (page) => {
  await assertFits(page);
  await assertReadable(page);
});
