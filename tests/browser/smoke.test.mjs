// The shortest way through the demo: choose a person, be signed in as them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { examine, signInAs, startDemo } from './harness.mjs';

const PRESETS = ['calilio', 'calliyo', 'nuacom', 'onoff', 'standard'];

let ringfence;
before(async () => (ringfence = await startDemo()));
after(() => ringfence?.stop());

const pathOf = (page) => new URL(page.url()).pathname;

/** The names that the open sign-in page lists for a company. */
async function peopleOf(page, slug) {
  const people = await page.locator(`[data-workspace="${slug}"] [data-person]`).all();
  return Promise.all(people.map((person) => person.getAttribute('data-person')));
}

test('a visitor without a session is led from home to the sign-in page', async (t) => {
  const page = await ringfence.open(t);
  await page.goto('/');
  assert.equal(pathOf(page), '/sign-in');
});

test('the sign-in page of the demo lists several people of one company per preset', async (t) => {
  const page = await ringfence.open(t);
  await page.goto('/sign-in');
  for (const slug of PRESETS) {
    const people = await peopleOf(page, slug);
    assert.ok(people.length > 1, `${slug} lists ${people.length}`);
  }
  await examine(page, 'sign-in');
});

for (const slug of PRESETS) {
  test(`a click on a person of ${slug} lands on their home`, async (t) => {
    const page = await ringfence.open(t);
    await page.goto('/sign-in');
    const [person] = await peopleOf(page, slug);
    await signInAs(page, slug, person);
    assert.equal(pathOf(page), '/');
    await page.getByText(person).first().waitFor();
    await examine(page, `home-${slug}`);
  });
}
