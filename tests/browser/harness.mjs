// What every browser test stands on: a demo server of its own, Chromium, signing in, screenshots and axe.
//
//     const ringfence = await startDemo();                    // once a file; `after(() => ringfence.stop())`
//     const page = await ringfence.open(t);                   // once a person; a session of its own, closed with the test
//     await signInAs(page, 'calilio', 'Ines Adeyemi');
//     await examine(page, 'home');                            // screenshots and axe, in each of the four looks
//
// A test fails on whatever the browser complains about: an error in the console, an uncaught exception, a breach of
// the content security policy. A test that provokes one says so: `open(t, { expectErrors: [/status of 403/] })`.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const SCREENSHOTS = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** The four looks a page has: each screen size in each colour scheme. */
export const LOOKS = [
  { name: 'desktop-light', viewport: DESKTOP, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: DESKTOP, colorScheme: 'dark' },
  { name: 'phone-light', viewport: PHONE, colorScheme: 'light' },
  { name: 'phone-dark', viewport: PHONE, colorScheme: 'dark' },
];

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const START_LIMIT_MS = 120_000; // an unoptimised binary makes some 100,000 demo calls before it answers
const STOP_LIMIT_MS = 5_000;
const STEP_LIMIT_MS = 15_000; // for a click, a page, an expected element
const SCREENSHOT_LIMIT_MS = 60_000; // a long page takes a busy machine a while to paint
const LOG_LIMIT = 4_000; // characters of the server's log in the message of a failed test

/** Starts `ringfence serve --demo` on an empty data folder and a browser beside it. */
export const startDemo = () => start(['--demo']);

/** The same without any workspace: `create` makes them. */
export const startEmpty = () => start([]);

async function start(options) {
  const server = await startServer(options);
  try {
    const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
    return new Demo(server, browser);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A running demo and the browser that visits it. */
class Demo {
  #server;
  #browser;

  constructor(server, browser) {
    this.#server = server;
    this.#browser = browser;
    /** Where it answers, `http://127.0.0.1:PORT`. */
    this.url = server.url;
  }

  /** Makes an empty workspace from a preset; the first user's email address (`owner`) and password. */
  create(slug, preset) {
    const about = ['--slug', slug, '--name', slug, '--preset', preset, '--owner-email', `owner@${slug}.example`];
    const options = ['workspace', 'create', ...about, '--owner-name', 'Olive Owner', '--data', this.#server.data, '--json'];
    return JSON.parse(execFileSync(binary(), options, { encoding: 'utf8' }));
  }

  /** Writes target/screenshots/NAME.png of the page in the look that it has. */
  async shoot(page, name) {
    await writeScreenshot(page, name);
  }

  /**
   * A page with cookies of its own, at the desktop's size and in light, that is closed when the test `t` ends.
   * `expectErrors`: patterns of complaints that the test provokes on purpose; all others fail it.
   * `scripts`: whether the browser runs the console's scripts. `look`: its size and colours, the desktop's in light unless told.
   */
  async open(t, { expectErrors = [], scripts = true, look = LOOKS[0] } = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.url,
      viewport: look.viewport,
      colorScheme: look.colorScheme,
      reducedMotion: 'reduce',
      javaScriptEnabled: scripts,
    });
    context.setDefaultTimeout(STEP_LIMIT_MS);
    const complaints = await listenForComplaints(context);
    t.after(async () => {
      await context.close();
      const unexpected = complaints.filter((text) => !expectErrors.some((pattern) => pattern.test(text)));
      const message = `the browser complained:\n${unexpected.join('\n')}\nthe server wrote:\n${this.#server.log()}`;
      assert.equal(unexpected.length, 0, message);
    });
    return context.newPage();
  }

  /** Ends the browser and the server and removes the data folder. */
  async stop() {
    await this.#browser.close();
    await this.#server.stop();
  }
}

/** Signs in by a click on a person of the company's sign-in page, and waits for the page that follows. */
export async function signInAs(page, slug, personName) {
  await page.goto(`/w/${slug}/sign-in`);
  await page.getByRole('button', { name: personName }).click();
  await page.waitForURL((url) => url.pathname === `/w/${slug}`);
}

/** Agrees to what a change would give and take, as the page shows it first, and waits until the change is made. */
export async function agree(page) {
  const foreseen = page.locator('#foreseen');
  const made = page.waitForResponse((response) => response.request().method() === 'POST' && response.status() === 303);
  await foreseen.getByRole('button', { name: 'Make the change' }).click();
  await made;
  await foreseen.waitFor({ state: 'detached' });
}

/** Shows the page in each of the four looks in turn, then in the first again. */
export async function inEachLook(page, visit) {
  for (const look of LOOKS) {
    await wear(page, look);
    await visit(look);
  }
  await wear(page, LOOKS[0]);
}

/** Writes target/screenshots/NAME-LOOK.png for each look; like all screenshots, not where RINGFENCE_SCREENSHOTS is `no`. */
export async function shot(page, name) {
  await inEachLook(page, (look) => writeScreenshot(page, name, look));
}

/** What axe finds wrong with the page as it stands, one readable line a finding; none is `[]`. */
export async function axe(page) {
  // Sent over the browser's debugging port, so that the page's own content security policy stays in force.
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: `${AXE};0` });
    await session.detach();
  }
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }),
    AXE_TAGS,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${help}: ${target.join(' ')} ${any.map((check) => check.message).join('; ')}`),
  );
}

/** Takes the screenshots of a page and asserts of each look that axe finds nothing and nothing sticks out sideways. */
export async function examine(page, name) {
  await inEachLook(page, async (look) => {
    await writeScreenshot(page, name, look);
    assert.deepEqual(await axe(page), [], `${name}, ${look.name}: axe`);
    assert.ok(await fitsItsWidth(page), `${name}, ${look.name}: the page scrolls sideways`);
  });
}

async function wear(page, { viewport, colorScheme }) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  // Colours on their way from one scheme to the other would be measured half-way.
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
  });
}

async function writeScreenshot(page, name, look) {
  if (process.env.RINGFENCE_SCREENSHOTS === 'no') return;
  await mkdir(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${look ? `${name}-${look.name}` : name}.png`);
  // Hiding the caret would leave style attributes behind, which the page's content security policy then objects to.
  await page.screenshot({ path, fullPage: true, animations: 'disabled', caret: 'initial', timeout: SCREENSHOT_LIMIT_MS });
}

async function fitsItsWidth(page) {
  return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
}

async function listenForComplaints(context) {
  const complaints = [];
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (event) => complaints.push(String(event.error().stack ?? event.error())));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`content security policy: ${event.violatedDirective} forbids ${event.blockedURI} on ${event.documentURI}`),
    );
  });
  return complaints;
}

async function startServer(options) {
  const data = await mkdtemp(join(tmpdir(), 'ringfence-browser-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary(), ['serve', ...options, '--data', data, '--listen', listen], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(String(error)));
    child.on('close', (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
  const server = {
    url: `http://${listen}`,
    data,
    log: () => log.slice(-LOG_LIMIT),
    stop: async () => {
      await stopChild(child, ended);
      await rm(data, { recursive: true, force: true });
    },
  };
  await waitUntilHealthy(server, ended);
  return server;
}

async function waitUntilHealthy(server, ended) {
  let exit;
  ended.then((how) => (exit = how));
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isHealthy(server.url))) {
    if (exit !== undefined || Date.now() > deadline) {
      await server.stop();
      assert.fail(`ringfence serve does not answer (${exit ?? 'still running'}); it wrote:\n${server.log()}`);
    }
    await sleep(50);
  }
}

async function isHealthy(url) {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
    return answer.ok;
  } catch {
    return false; // not listening yet
  }
}

async function stopChild(child, ended) {
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(killer);
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function binary() {
  assert.ok(process.env.RINGFENCE_BIN, 'RINGFENCE_BIN must name the ringfence binary; ./test sets it');
  return process.env.RINGFENCE_BIN;
}

function findChromium() {
  const found = process.env.PATH.split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find(existsSync);
  assert.ok(found, 'chromium is not on the PATH; ./test installs it');
  return found;
}
