// A company set up from an empty workspace to the matrix in use, for each preset: by mouse and by keyboard alone, at
// both widths, in light and dark, in each language. Nothing here reads a text: what is pressed is found by its place.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, LOOKS, startEmpty } from './harness.mjs';

const PRESETS = ['standard', 'calilio', 'calliyo', 'nuacom', 'onoff'];
const LANGUAGES = ['en', 'fr', 'de', 'es'];
const [DESKTOP_LIGHT, DESKTOP_DARK, PHONE_LIGHT, PHONE_DARK] = LOOKS;
// Each preset twice; over all of them, each hand meets each look and each language.
const WALKS = PRESETS.flatMap((preset, n) => [
  { preset, hand: 'mouse', look: n % 2 === 0 ? DESKTOP_LIGHT : PHONE_DARK, language: LANGUAGES[n % 4] },
  { preset, hand: 'keyboard', look: n % 2 === 0 ? PHONE_LIGHT : DESKTOP_DARK, language: LANGUAGES[(n + 2) % 4] },
]);
const PASSWORD = 'a long enough pass phrase';
const TABS = 400; // a page with a matrix has many stops

let ringfence;
before(async () => (ringfence = await startEmpty()));
after(() => ringfence?.stop());

/** Presses and types with the mouse, as most people do. */
class Mouse {
  constructor(page) {
    this.page = page;
  }
  async press(target) {
    await target.click();
  }
  async type(target, text) {
    await target.click();
    await target.fill('');
    await this.page.keyboard.type(text);
  }
  async choose(target, value) {
    await target.selectOption(value);
  }
  async go(below) {
    const menu = this.page.locator('.menu-button');
    if (await menu.isVisible()) await menu.click();
    await this.page.locator(`#nav a[href$="${below}"]`).click();
  }
}

/** Does the same without a mouse: Tab, Space, Enter, arrows, and the palette. */
class Keyboard {
  constructor(page) {
    this.page = page;
  }
  async reach(target) {
    await target.waitFor({ state: 'attached' });
    for (let tabs = 0; tabs < TABS; tabs += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach ${target}`);
  }
  async press(target) {
    const radio = await target.evaluate((element) => element.type === 'radio');
    if (radio) return this.pick(target);
    await this.reach(target);
    const toggles = await target.evaluate((element) => element.type === 'checkbox');
    await this.page.keyboard.press(toggles ? 'Space' : 'Enter');
  }
  /** A group of choices is one stop: arrows move within it. */
  async pick(target) {
    const checked = this.page.locator(`input[type=radio][name="${await target.getAttribute('name')}"]:checked`);
    await this.reach(checked);
    await this.page.keyboard.press('ArrowRight');
  }
  async type(target, text) {
    await this.reach(target);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }
  async choose(target, value) {
    await this.reach(target);
    const at = () => target.evaluate((element) => element.selectedIndex);
    const wanted = await target.evaluate((element, v) => [...element.options].findIndex((o) => o.value === v), value);
    for (let steps = 0; (await at()) !== wanted && steps < 200; steps += 1) {
      await this.page.keyboard.press((await at()) < wanted ? 'ArrowDown' : 'ArrowUp');
    }
    assert.equal(await at(), wanted, `${value} is chosen`);
  }
  async go(below) {
    const link = this.page.locator(`#nav a[href$="${below}"]`);
    const label = (await link.textContent()).trim();
    await this.page.keyboard.press('Control+K');
    await this.page.locator('#palette input').waitFor();
    await this.page.keyboard.type(label);
    await this.page.keyboard.press('Enter');
  }
}

const handOf = (kind, page) => (kind === 'mouse' ? new Mouse(page) : new Keyboard(page));

/** The one form of the page that is sent to that address, or to one that ends so. */
const form = (page, action) => page.locator(`form[action$="${action}"]`);
const field = (within, name) => within.locator(`[name="${name}"]`).first();
const send = (within) => within.locator('button[type=submit]').last();

async function settled(page, path) {
  await page.waitForURL((url) => path.test(url.pathname));
}

/** Opens the dialog whose button stands on the page, fills its fields, and sends it. */
async function add(page, hand, dialog, values) {
  await hand.press(page.locator(`#main button[commandfor="${dialog}"]`).first());
  const open = page.locator(`dialog#${dialog}[open]`);
  for (const [name, value] of Object.entries(values)) await hand.type(field(open, name), value);
  const made = page.waitForResponse((response) => response.request().method() === 'POST');
  await hand.press(open.locator('form').first().locator('button[type=submit]'));
  assert.equal((await made).status(), 303, `${dialog} is done`);
  await open.waitFor({ state: 'detached' });
}

/** Agrees to what the page shows that a change would give and take. */
async function agree(page, hand) {
  const foreseen = page.locator('#foreseen');
  await foreseen.waitFor();
  assert.ok((await foreseen.locator('.pieces li').count()) > 0, 'it says what comes or goes');
  const made = page.waitForResponse((response) => response.request().method() === 'POST' && response.status() === 303);
  await hand.press(foreseen.locator('.button.primary'));
  await made;
  await foreseen.waitFor({ state: 'detached' });
}

for (const walk of WALKS) {
  const { preset, hand: kind, look, language } = walk;
  test(`${preset}: from an empty workspace to the matrix in use, by ${kind}, ${look.name}, ${language}`, async (t) => {
    const slug = `${preset}-${kind}`;
    const owner = ringfence.create(slug, preset);
    const page = await ringfence.open(t, { look });
    const hand = handOf(kind, page);

    await page.goto(`/w/${slug}/sign-in`);
    const signIn = form(page, '/sign-in');
    await hand.type(field(signIn, 'email'), owner.owner);
    await hand.type(field(signIn, 'password'), owner.password);
    await hand.press(send(signIn));
    await settled(page, new RegExp(`^/w/${slug}/own-secret$`));
    const own = form(page, '/own-secret');
    await hand.type(field(own, 'new'), 'a password of her own');
    await hand.press(send(own));
    await settled(page, new RegExp(`^/w/${slug}$`));

    // One's own language, and from then on every page speaks it.
    await page.goto(`/w/${slug}/profile`);
    const profile = page.locator('form#details');
    await hand.choose(field(profile, 'language'), language);
    await hand.press(send(profile));
    await page.waitForFunction((code) => document.documentElement.lang === code || document.querySelector(`#toasts > *`), language);
    await page.goto(`/w/${slug}`);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);

    await hand.go('/departments');
    await settled(page, /\/departments$/);
    await add(page, hand, 'add-unit', { name: 'Front desk' });

    await hand.go('/roles');
    await settled(page, /\/roles$/);
    await add(page, hand, 'new-role', { name: 'Receptionist' });
    await settled(page, /\/roles\/\d+$/);
    await page.locator('#role-matrix').waitFor();

    await hand.go('/numbers');
    await settled(page, /\/numbers$/);
    await add(page, hand, 'add', { digits: '+442079460011', name: 'Front desk' });

    // Somebody is invited, and comes by the link.
    await hand.go('/users');
    await settled(page, /\/users$/);
    await hand.press(page.locator('#main a[href$="/users/new"]').first());
    await settled(page, /\/users\/new$/);
    const invite = page.locator('form#new-user');
    await hand.type(field(invite, 'name'), 'Robin Vale');
    await hand.type(field(invite, 'email'), `robin@${slug}.example`);
    const department = invite.locator('select[name=department]');
    await hand.choose(department, await department.locator('option').last().getAttribute('value'));
    await hand.press(send(invite));
    const link = page.locator('#main .secret input, #main .secret output, #main .secret code').first();
    await link.waitFor();
    const address = await link.evaluate((element) => element.value ?? element.textContent.trim());

    const theirs = await ringfence.open(t, { look, expectErrors: [/status of 40[13]/] });
    const their = handOf(kind, theirs);
    await theirs.goto(new URL(address).pathname);
    const welcome = theirs.locator('form').filter({ has: theirs.locator('[name=password]') });
    await their.type(field(welcome, 'password'), PASSWORD);
    await their.press(send(welcome));
    await settled(theirs, new RegExp(`^/w/${slug}$`));
    const menu = () => theirs.locator('#nav a').evaluateAll((links) => links.map((a) => a.pathname));
    const before = await menu();

    // Their page: a toggle is allowed and a number granted, each shown first, each undoable, both at once in force.
    await page.goto(`/w/${slug}/users`);
    await hand.press(page.locator('#main a.row-link', { hasText: 'Robin Vale' }));
    await settled(page, /\/users\/\d+$/);
    const user = new URL(page.url()).pathname;
    const allow = page.locator('form#toggles input[value=allow]').last();
    if (kind === 'mouse') await allow.evaluate((input) => input.closest('label').click());
    else await hand.press(allow);
    await agree(page, hand);
    await page.locator('#toasts form[action*="/undo/"]').waitFor();
    await theirs.waitForFunction((was) => document.querySelectorAll('#nav a').length > was, before.length);

    await page.goto(user);
    await hand.press(page.locator('#main button[commandfor="add-grant"], #main button[commandfor="grant"]').first());
    const grant = page.locator('dialog[open] form').first();
    const what = grant.locator('select').first();
    await hand.choose(what, await what.locator('option', { hasText: '+442079460011' }).getAttribute('value'));
    await hand.press(grant.locator('button[type=submit]'));
    await agree(page, hand);
    await page.locator('.grant', { hasText: '+442079460011' }).waitFor();

    await theirs.goto(`/w/${slug}/numbers`);
    await theirs.locator('#main', { hasText: '+442079460011' }).waitFor();
    const refused = await theirs.goto(`/w/${slug}/audit`);
    assert.equal(refused.status(), 403, 'what their role does not hold is refused');

    assert.deepEqual(await axe(page), [], 'axe, the person’s page');
    await ringfence.shoot(page, `walk-${preset}-${kind}-person`);
    await page.goto(`/w/${slug}/users`);
    assert.deepEqual(await axe(page), [], 'axe, the people');
    await ringfence.shoot(page, `walk-${preset}-${kind}-people`);
    await theirs.goto(`/w/${slug}`);
    assert.deepEqual(await axe(theirs), [], 'axe, their start page');
  });
}
