// The console as people use it: recordings, the call log, departments, the keyboard, and a browser without scripts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { examine, signInAs, startDemo } from './harness.mjs';

const HOME = '/w/standard';
const OWNER = 'Imani Barrow';

let ringfence;
before(async () => (ringfence = await startDemo()));
after(() => ringfence?.stop());

const firstRow = (page) => page.locator('#main a.row-link').first().getAttribute('href');
const hasPath = (path) => (url) => url.pathname === path;

async function recordedCalls(page) {
  await page.goto(`${HOME}/calls?recorded=yes`);
  return page.locator('#main a.row-link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
}

/** The status with which a file answers to whoever is signed in on that page. */
async function statusOf(page, path) {
  const answer = await page.request.get(path, { maxRedirects: 0 });
  return answer.status();
}

test('ALL-01 a recording plays for who may listen; its file is absent or refused for who may not', async (t) => {
  const [owner, agent, analyst] = [await ringfence.open(t), await ringfence.open(t), await ringfence.open(t)];
  await signInAs(owner, 'standard', OWNER);
  await signInAs(agent, 'standard', 'Rosa Redfern');
  await signInAs(analyst, 'standard', 'Ines Renard');
  const all = await recordedCalls(owner);
  const theirs = new Set(await recordedCalls(agent));
  const hidden = all.find((call) => !theirs.has(call));
  assert.ok(hidden, 'every recorded call is the agent’s');
  await owner.goto(hidden);
  const played = await owner.locator('#main audio').evaluate(play);
  assert.ok(played.duration > 1 && played.position > 0, JSON.stringify(played));
  assert.equal(await statusOf(owner, `${hidden}/recording`), 200);
  assert.equal(await statusOf(agent, `${hidden}/recording`), 404);
  assert.equal(await statusOf(analyst, `${hidden}/recording`), 403);
  await analyst.goto(hidden);
  await analyst.getByText('You may not listen to it').waitFor();
  assert.equal(await analyst.locator('audio').count(), 0);
});

/** Plays an audio element, in the page, until its position moves. */
async function play(audio) {
  audio.muted = true;
  await audio.play();
  await new Promise((resolve) => audio.addEventListener('timeupdate', () => audio.currentTime > 0 && resolve()));
  audio.pause();
  return { duration: audio.duration, position: audio.currentTime };
}

test('the filters of the call log are its address and survive a reload', async (t) => {
  const page = await ringfence.open(t);
  await signInAs(page, 'standard', OWNER);
  await page.goto(`${HOME}/calls`);
  const everything = await page.locator('.pager-summary').textContent();
  await page.getByLabel('Direction').selectOption('inbound');
  await page.waitForURL((url) => url.searchParams.get('direction') === 'inbound');
  await page.getByLabel('Outcome').selectOption('no_answer');
  await page.waitForURL((url) => url.searchParams.get('outcome') === 'no_answer');
  const narrowed = await page.locator('.pager-summary').textContent();
  assert.notEqual(narrowed, everything);
  await page.reload();
  assert.equal(await page.getByLabel('Direction').inputValue(), 'inbound');
  assert.equal(await page.getByLabel('Outcome').inputValue(), 'no_answer');
  assert.equal(await page.locator('.pager-summary').textContent(), narrowed);
  const outcomes = await page.locator('#main tbody .status').allTextContents();
  assert.ok(outcomes.length > 0 && outcomes.every((outcome) => outcome === 'No answer'), outcomes.join());
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await page.waitForURL((url) => url.search === '');
  await page.getByText(everything).waitFor();
});

test('the call log pages on and back', async (t) => {
  const page = await ringfence.open(t);
  await signInAs(page, 'standard', OWNER);
  await page.goto(`${HOME}/calls`);
  const first = await firstRow(page);
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByText('· page 2').waitFor();
  const second = await firstRow(page);
  assert.notEqual(second, first);
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByText('· page 3').waitFor();
  await page.getByRole('link', { name: 'Previous' }).click();
  await page.getByText('· page 2').waitFor();
  assert.equal(await firstRow(page), second);
  await page.goBack();
  await page.getByText('· page 3').waitFor();
  await page.getByRole('link', { name: 'First' }).click();
  await page.getByText('· page 1').waitFor();
  assert.equal(await firstRow(page), first);
});

test('a department is added, renamed and deleted', async (t) => {
  const page = await ringfence.open(t);
  await signInAs(page, 'standard', OWNER);
  await page.goto(`${HOME}/departments`);
  await page.getByRole('button', { name: 'Add department' }).click();
  await examine(page, 'dialog-add-department');
  await page.locator('#add-unit').getByLabel('Name').fill('Night desk');
  await page.locator('#add-unit').getByRole('button', { name: 'Add' }).click();
  await page.getByRole('link', { name: 'Night desk' }).click();
  await page.getByRole('button', { name: 'Rename' }).first().click();
  await page.locator('#rename-unit').getByLabel('Name').fill('Late desk');
  await page.locator('#rename-unit').getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { level: 1, name: 'Late desk' }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Delete Late desk?' });
  await dialog.getByText('Nobody belongs to it. It cannot be brought back.').waitFor();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL(hasPath(`${HOME}/departments`));
  assert.equal(await page.getByRole('link', { name: 'Late desk' }).count(), 0);
});

test('the keyboard alone signs in, skips the menu and goes anywhere through the palette', async (t) => {
  const page = await ringfence.open(t);
  await page.goto(`${HOME}/sign-in`);
  await tabTo(page, (element) => element.textContent.includes('Imani Barrow'));
  await page.keyboard.press('Enter');
  await page.waitForURL(hasPath(HOME));
  await tabTo(page, (element) => element.textContent === 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('queu');
  await examine(page, 'palette');
  await page.keyboard.press('Enter');
  await page.waitForURL(hasPath(`${HOME}/queues`));
  await page.getByRole('heading', { level: 1, name: 'Queues' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('no page is called this');
  await page.getByText('Nothing of that name.').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#palette').isVisible(), false);
});

/** Presses Tab until the focus is on an element that `fits`. */
async function tabTo(page, fits) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluateHandle(() => document.activeElement);
    if (await focused.evaluate(fits)) return;
  }
  assert.fail('Tab does not reach it');
}

test('without scripts one signs in, searches the users and edits a name', async (t) => {
  const page = await ringfence.open(t, { scripts: false });
  await signInAs(page, 'standard', OWNER);
  await page.locator('#nav').getByRole('link', { name: 'Users' }).click();
  await page.getByPlaceholder('Name, email, phone or code').fill('Uma Mercer');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === 'Uma Mercer');
  await page.locator('#main a.row-link', { hasText: 'Uma Mercer' }).click();
  await page.getByRole('link', { name: 'Record', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('Uma Mercer-Lane');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'Uma Mercer-Lane' }).waitFor();
  await page.getByText('Saved.').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Uma Mercer-Lane');
});

test('what is refused in an open window is said in it, above the page, and goes when it is sent again', async (t) => {
  const page = await ringfence.open(t, { expectErrors: [/status of 403/] });
  await signInAs(page, 'standard', OWNER);
  await page.goto(`${HOME}/departments`);
  await page.getByRole('button', { name: 'Add department' }).click();
  const dialog = page.locator('#add-unit');
  await dialog.getByLabel('Name').fill('Refused desk');
  const good = await setToken(page, 'not the one');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const said = dialog.getByRole('alert');
  await said.getByText('did not come from a page of this server').waitFor();
  assert.equal(await page.locator('#toasts .toast').count(), 0, 'nothing is said below the window');
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'Refused desk', 'what was typed stays');
  assert.ok(await said.evaluate(isUncovered), 'it lies above everything');
  await examine(page, 'dialog-refused');
  await setToken(page, good);
  await dialog.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('link', { name: 'Refused desk' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
});

/** Has the open page send another token with its forms; the one that it sent before. */
async function setToken(page, token) {
  return page.evaluate((value) => {
    const before = document.querySelector('meta[name=csrf]').content;
    document.querySelector('meta[name=csrf]').content = value;
    for (const input of document.querySelectorAll('input[name=csrf]')) input.value = value;
    return before;
  }, token);
}

/** Whether a click in the middle of the element meets it and nothing that lies above. */
function isUncovered(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return element.contains(hit);
}

test('a mail of the outbox is unfolded with a thumb', async (t) => {
  const page = await ringfence.open(t);
  await signInAs(page, 'standard', OWNER);
  await page.goto(`${HOME}/users/new`);
  await page.getByLabel('Name', { exact: true }).fill('Thumb Taylor');
  await page.getByLabel('Email address').fill('thumb.taylor@standard.example');
  await page.locator('select[name=access]').selectOption('invite');
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('heading', { level: 1, name: 'Thumb Taylor was added' }).waitFor();
  await page.goto(`${HOME}/outbox`);
  await page.getByText('Show the mail').first().waitFor();
  await examine(page, 'outbox');
  await page.setViewportSize({ width: 390, height: 844 });
  // The page is laid out anew a moment after the window has changed.
  const unfolds = await page.getByText('Show the mail').first().elementHandle();
  await page.waitForFunction((summary) => summary.getBoundingClientRect().height >= 40, unfolds, { timeout: 10_000 });
});
