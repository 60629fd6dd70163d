// The shortest way through the demo: choose a company, choose a person, be signed in as them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { examine, signInAs, startDemo } from './harness.mjs';

const PRESETS = ['calilio', 'calliyo', 'nuacom', 'onoff', 'standard'];

let ringfence;
before(async () => (ringfence = await startDemo()));
after(() => ringfence?.stop());

const pathOf = (page) => new URL(page.url()).pathname;

test('the start page of the demo leads to one company for each preset', async (t) => {
  const page = await ringfence.open(t);
  await page.goto('/');
  for (const slug of PRESETS) assert.equal(await page.locator(`a[href="/w/${slug}"]`).count(), 1, slug);
  await examine(page, 'start');
});

test('a visitor without a session is led to the sign-in page and back to where they wanted to go', async (t) => {
  const page = await ringfence.open(t);
  await page.goto('/w/calilio/calls');
  assert.equal(pathOf(page), '/w/calilio/sign-in');
  await page.getByRole('button', { name: 'Ines Adeyemi' }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/w/calilio') && !url.pathname.endsWith('sign-in'));
});

for (const slug of PRESETS) {
  test(`a click on a person of ${slug} lands on their home`, async (t) => {
    const page = await ringfence.open(t);
    await page.goto(`/w/${slug}/sign-in`);
    if (slug === 'calilio') await examine(page, 'sign-in');
    const person = (await page.locator('.person-name').first().textContent()).trim();
    await signInAs(page, slug, person);
    await page.getByText(person).first().waitFor();
    await examine(page, `home-${slug}`);
  });
}
