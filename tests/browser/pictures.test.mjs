// The pictures of the README: made here, so that they show what is. `RINGFENCE_UPDATE=1 ./test browser` makes them anew;
// otherwise this looks whether the README shows each of them and the pages behind them can be reached.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LOOKS, signInAs, startDemo } from './harness.mjs';

const ROOT = new URL('../../', import.meta.url);
const FOLDER = new URL('docs/pictures/', ROOT);
const [DESKTOP_LIGHT, DESKTOP_DARK, , PHONE_DARK] = LOOKS;

let ringfence;
before(async () => (ringfence = await startDemo()));
after(() => ringfence?.stop());

const openUser = async (page, slug, name) => {
  await page.goto(`/w/${slug}/users?q=${encodeURIComponent(name)}`);
  await page.locator('#main a.row-link', { hasText: name }).click();
  await page.locator('form#toggles').waitFor();
};

const PICTURES = [
  ['access', DESKTOP_LIGHT, async (page) => {
    await signInAs(page, 'standard', 'Imani Barrow');
    await openUser(page, 'standard', 'Gwen Sharma');
  }],
  ['before-it-holds', DESKTOP_LIGHT, async (page) => {
    await signInAs(page, 'nuacom', 'Imani Yilmaz');
    await openUser(page, 'nuacom', 'Dalia Ashdown');
    await page.locator('form#toggles input[value=allow]').first().evaluate((input) => input.closest('label').click());
    await page.locator('#foreseen .pieces li').first().waitFor();
  }],
  ['audit', DESKTOP_DARK, async (page) => {
    await signInAs(page, 'calilio', 'Ines Adeyemi');
    await page.goto('/w/calilio/audit');
  }],
  ['phone', PHONE_DARK, async (page) => {
    await page.goto('/w/onoff/sign-in');
    await page.locator('form[action$="/sign-in/demo"] button').first().click();
    await page.locator('.menu-button').waitFor();
  }],
];

for (const [name, look, visit] of PICTURES) {
  test(`the picture of ${name} in the README`, async (t) => {
    const page = await ringfence.open(t, { look });
    await visit(page);
    const readme = await readFile(new URL('README.md', ROOT), 'utf8');
    assert.ok(readme.includes(`docs/pictures/${name}.png`), 'the README shows it');
    if (process.env.RINGFENCE_UPDATE) {
      await mkdir(FOLDER, { recursive: true });
      await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, FOLDER)), animations: 'disabled', caret: 'initial' });
    }
    assert.ok(existsSync(new URL(`${name}.png`, FOLDER)), 'it has been made');
  });
}
