// Every page, as the Owner, a Team Lead and an Agent see it: screenshots in each look, axe, nothing that sticks out.
// What somebody may not read is not in their menu, and its address says which permission is missing (CLY-08).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { examine, signInAs, startDemo } from './harness.mjs';

const SLUG = 'standard';
const OWNER = 'Imani Barrow';
const TEAM_LEAD = 'Elif Quigley';
const AGENT = 'Rosa Redfern';

/** Every page of the menu and the permission that its page asks for; home asks for none. */
const PAGES = {
  '': null,
  '/calls': 'call_record:read',
  '/users': 'user:read',
  '/roles': 'role:read',
  '/requests': 'access_request:decide',
  '/reviews': 'access:review',
  '/toggles': 'role:read',
  '/departments': 'department:read',
  '/branches': 'branch:read',
  '/numbers': 'number:read',
  '/extensions': 'extension:read',
  '/queues': 'queue:read',
  '/why': 'access:explain',
  '/audit': 'audit:read',
  '/outbox': 'user:invite',
  '/tokens': 'api_token:read',
  '/plan': 'billing:read',
  '/licences': 'license:read',
  '/settings': 'settings:read',
};

/** What a page answers when its permission is missing, or when there is no such page; the browser complains of it. */
const REFUSED = { expectErrors: [/status of 403/, /status of 404/] };

let ringfence;
before(async () => (ringfence = await startDemo()));
after(() => ringfence?.stop());

const nameOf = (person, path) => `${person}-${path === '' ? 'home' : path.slice(1)}`;

/** Opens a page below the workspace's address; says with which status it came. */
async function visit(page, path) {
  const answer = await page.goto(`/w/${SLUG}${path}`);
  await page.locator('#main').waitFor();
  return answer.status();
}

async function menuOf(page) {
  const links = await page.locator('#nav a').evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
  return links.map((path) => path.replace(`/w/${SLUG}`, ''));
}

/** The address, below the workspace's, that the first fitting link of a list leads to. */
async function firstOf(page, list, link = 'a.row-link') {
  await visit(page, list);
  const address = new URL(await page.locator(`#main ${link}`).first().evaluate((anchor) => anchor.href));
  return `${address.pathname}${address.search}`.replace(`/w/${SLUG}`, '');
}

const rowNamed = (text) => `tr:has-text("${text}") a.row-link`;

/** Opens every page of the menu and examines it, and finds every other one refused with its permission named. */
async function examineTheMenu(t, personName, person) {
  const page = await ringfence.open(t, REFUSED);
  await signInAs(page, SLUG, personName);
  const menu = await menuOf(page);
  for (const [path, permission] of Object.entries(PAGES)) {
    const status = await visit(page, path);
    if (menu.includes(path)) {
      assert.equal(status, 200, path);
      await page.locator('#main h1').first().waitFor();
      await examine(page, nameOf(person, path));
    } else {
      assert.equal(status, 403, path);
      await page.getByRole('heading', { level: 1, name: /^You have no access to/ }).waitFor();
      assert.equal(await page.locator('#main code').textContent(), permission, path);
    }
  }
  return { page, menu };
}

test('the Owner reads every page of the menu', async (t) => {
  const { menu } = await examineTheMenu(t, OWNER, 'owner');
  assert.deepEqual(menu, Object.keys(PAGES));
});

test('CLY-08 the menu of a Team Lead is what they may read, and the rest is refused by name', async (t) => {
  const { page, menu } = await examineTheMenu(t, TEAM_LEAD, 'team-lead');
  for (const path of ['/calls', '/users', '/queues']) assert.ok(menu.includes(path), path);
  for (const path of ['/tokens', '/settings', '/audit']) assert.ok(!menu.includes(path), path);
  await visit(page, await firstOf(page, '/users', rowNamed('Agent')));
  await examine(page, 'team-lead-user');
});

test('CLY-08 the menu of an Agent is what they may read, and the rest is refused by name', async (t) => {
  const { page, menu } = await examineTheMenu(t, AGENT, 'agent');
  for (const path of ['/roles', '/tokens', '/settings', '/audit']) assert.ok(!menu.includes(path), path);
  await visit(page, '/tokens');
  await examine(page, 'agent-no-permission');
  await visit(page, '/profile');
  await examine(page, 'agent-profile');
  await visit(page, await firstOf(page, '/calls'));
  await examine(page, 'agent-call');
});

test('one page of each kind of thing', async (t) => {
  const page = await ringfence.open(t);
  await signInAs(page, SLUG, OWNER);
  const details = {
    user: await firstOf(page, '/users?q=Rosa+Redfern'),
    'role-built-in': await firstOf(page, '/roles', rowNamed('Agent')),
    department: await firstOf(page, '/departments'),
    branch: await firstOf(page, '/branches'),
    number: await firstOf(page, '/numbers'),
    extension: await firstOf(page, '/extensions'),
    queue: await firstOf(page, '/queues'),
    call: await firstOf(page, '/calls?recorded=yes'),
    'user-new': '/users/new',
    profile: '/profile',
  };
  details['user-record'] = `${details.user}/record`;
  for (const [kind, path] of Object.entries(details)) {
    assert.equal(await visit(page, path), 200, path);
    await examine(page, `owner-${kind}`);
  }
});

test('why, who and what, each answered', async (t) => {
  const page = await ringfence.open(t);
  await signInAs(page, SLUG, OWNER);
  const user = (await firstOf(page, '/users?q=Rosa+Redfern')).split('/').at(-1);
  const questions = {
    why: `/why?tab=why&user=${user}&permission=recording:listen`,
    who: '/why?tab=who&permission=recording:listen',
    what: `/why?tab=what&user=${user}&permission=call_record:read`,
  };
  for (const [question, path] of Object.entries(questions)) {
    assert.equal(await visit(page, path), 200, path);
    await examine(page, `owner-why-${question}`);
  }
});

test('a role that the company made itself', async (t) => {
  const page = await ringfence.open(t);
  await signInAs(page, SLUG, OWNER);
  await visit(page, await firstOf(page, '/roles', rowNamed('Agent')));
  await page.getByRole('button', { name: 'Clone' }).first().click();
  await page.getByLabel('Name of the new role').fill('Senior agent');
  await page.locator('#clone-role').getByRole('button', { name: 'Clone' }).click();
  await page.getByRole('heading', { level: 1, name: 'Senior agent' }).waitFor();
  await page.locator('#main details summary').first().click();
  await examine(page, 'owner-role-custom');
});

test('an address without a page, and a row that is not there', async (t) => {
  const page = await ringfence.open(t, REFUSED);
  await signInAs(page, SLUG, OWNER);
  for (const [name, path] of Object.entries({ page: '/no-such-page', row: '/users/999999' })) {
    const answer = await page.goto(`/w/${SLUG}${path}`);
    assert.equal(answer.status(), 404, path);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await examine(page, `not-found-${name}`);
  }
});
