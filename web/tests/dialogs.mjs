// Every dialog, every step of the wizard, the sign-in and the first run: axe, no sideways scroll, nothing cut off. And the
// plays about accounts, renewing and removing, in the language of CALM_LANGUAGE; the rest looks at both by itself.
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {check} from './accessible.mjs';
import {accounts} from './accounts.mjs';
import {clearinghouse} from './clearinghouse.mjs';
import {address, ask, expect, finish, must, person, words} from './harness.mjs';
import {doors, firstRun, places} from './places.mjs';
import {another} from './moving.mjs';
import {checkPseudo} from './pseudo.mjs';
import {withSecondStep} from './second_step.mjs';
import {language, like, t, tn} from './texts.mjs';

const desk = process.env.CALM_DESK;
const password = 'correct horse battery';
const pack = (name) => readFileSync(join(desk, name), 'utf8');
const calm = (...given) => execFileSync('calm', given, {cwd: desk, stdio: 'pipe', encoding: 'utf8'});
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

// Those that CALM_ONLY, a pattern of names, lets through.
async function looked(context, all) {
    const wanted = all.filter(({name}) => new RegExp(process.env.CALM_ONLY ?? '').test(name));
    await check(context, wanted);
    await checkPseudo(context, wanted);
}

// What a vendor has that nobody here knows yet, and a pack whose time ends.
function vendors() {
    const sign = (...given) => calm('vendor', 'pack', ...given, '--passphrase-file', 'passphrase');
    calm('vendor', 'init', 'Stranger & Sons', '--output', 'stranger', '--passphrase-file', 'passphrase');
    sign('files-2026', '3', '--key', 'stranger.key', '--output', 'stranger.pack');
    sign('files-2026', '5', '--until', inDays(40), '--key', 'contoso.key', '--output', 'ending.pack');
    sign('far-2026', '4', '--key', 'contoso.key', '--output', 'till-2026.pack');
}

// A vendor with a clearinghouse that has activated this server, and a product key that it has sold.
async function activated() {
    const house = await clearinghouse('Fabrikam');
    await house.must('POST', '/v1/products', {product: 'sales-2026', requires: 'activated'});
    writeFileSync(join(desk, 'house.trusted'), house.vendorFile);
    calm('--server', `unix:${process.env.CALM_SOCKET}`, 'vendor', 'trust', 'house.trusted', '--yes');
    const [key] = await house.keys('sales-2026', 3, 1);
    const {vendors: known} = await must('GET', '/v1/activations');
    const vendor = known.find((each) => each.clearinghouse !== undefined);
    await must('POST', '/v1/activations/online', {vendor: vendor.key, purpose: 'activate', company: 'Contoso', country: 'FR'});
    return key;
}

async function furnish() {
    vendors();
    const install = async (name) => (await must('POST', '/v1/packs', pack(name))).pack;
    const {fingerprint} = (await must('POST', '/v1/packs?dry_run=yes', pack('five.pack'))).pack;
    await must('POST', '/v1/vendors', pack('five.pack'), {headers: {'CALM-Fingerprint': fingerprint}});
    for (const [product, rules] of [['files-2026', {overuse: 'refuse'}], ['mail-2010', {requires: 'trusted'}], ['cad-2026', {overuse: 'refuse'}], ['kiosk-2026', {temporary_days: 0}], ['wms-2011', {requires: 'trusted'}], ['till-2026', {}], ['hall-2026', {}]]) {
        await must('POST', '/v1/products', {product, requires: 'activated', ...rules});
    }
    const ending = await install('ending.pack');
    await must('POST', '/v1/packs', {declared: {product: 'mail-2010', kind: 'per_user', quantity: 12, expires_at: `${inDays(30)}T00:00:00Z`}});
    await install('five.pack');
    for (const name of ['floating.pack', 'kiosk.pack']) await install(name);
    const perServer = await install('server.pack');
    const free = await install('orphan.pack');
    const moved = await install('leaving.pack');
    const leaving = await install('hall-1.pack');
    await must('PUT', '/v1/settings', {initial_grace_days: 0, default_mode: 'either'});
    const join = async (name, key) => {
        const {token} = await must('POST', '/v1/hosts/tokens', {});
        return (await must('POST', '/v1/hosts', {token, name, public_key: key.repeat(32), mode: 'either'})).host;
    };
    const host = await join('fs-1.example.org', 'ab');
    await join('room.example.org', 'cd');
    const admit = async (product, who) => must('POST', '/v1/admissions', {product, host, ...who});
    for (const user of ['bruno', 'chloe', 'dora']) await admit('files-2026', {user});
    for (const [device, hardware_id] of [['foyer-1', 'AA11'], ['foyer-2', 'AA11'], ['lab-1', 'BB22'], ['lab-2', 'CC33']]) await admit('kiosk-2026', {device, hardware_id});
    await must('POST', '/v1/devices/merge', {device: 'lab-1', other: 'lab-2'});
    await must('POST', '/v1/groups/engineers/join', {user: 'bruno'});
    await must('POST', '/v1/stations', {name: 'front-desk', host: 'room.example.org', kind: 'local'});
    const calOf = async (holder) => (await must('GET', `/v1/cals?holder=${holder}`)).cals.find((each) => each.state === 'active').cal;
    const lent = await calOf('dora');
    await must('POST', `/v1/cals/${lent}/lend`, {to: 'nina', until: `${inDays(14)}T00:00:00Z`});
    const used = (await must('GET', '/v1/packs')).packs.find((each) => each.product === 'files-2026' && each.used > 0).pack;
    const other = await another();
    other.end();
    await must('POST', `/v1/packs/${moved}/move`, {to: other.id});
    return {ending, used, free, perServer, leaving, moved, lent, otherServer: other.id, cal: await calOf('bruno'), device: await calOf('foyer-1')};
}

const {page, context, complaints} = await person();
const {button, heading, shows} = words(page);
const dialog = page.getByRole('dialog');
const everything = language === 'en';
if (everything) await looked(context, firstRun);
await must('POST', '/v1/accounts', {account: 'anna', role: 'owner', password});
await must('POST', '/v1/accounts', {account: 'vera', role: 'viewer', password});
for (const account of ['tess', 'tim', 'tom']) await withSecondStep(account, password);
if (everything) await looked(context, doors(password));
const at = await furnish();

await page.goto(address);
await page.getByLabel(t('sign_in.account')).fill('anna');
await page.getByLabel(t('sign_in.password')).fill(password);
await page.keyboard.press('Enter');
await heading(t('home.title'));

await accounts(page, password);

await expect('a pack whose time ends is renewed: the wizard opens with it, and takes what its vendor sends', async () => {
    await page.goto(`${address}/console/licenses`);
    await button(t('licenses.actions', {pack: at.ending})).click();
    await page.getByRole('menuitem', {name: t('licenses.renew')}).click();
    await heading(t('add.title'));
    await shows(like('add.renewing', {pack: at.ending, product: 'files-2026'}));
    await page.getByRole('link', {name: t('add.renewing_fetch')}).waitFor();
    await page.getByLabel(t('add.way.open')).check();
    if ((await page.locator('#product').inputValue()) !== 'files-2026') return false;
    await page.goto(`${address}/console/licenses`);
    await button(t('licenses.actions', {pack: at.free})).click();
    await page.getByRole('menuitem', {name: t('licenses.see_holders')}).waitFor();
    return (await page.getByRole('menuitem', {name: t('licenses.renew')}).count()) === 0;
});
await expect('what was declared until a day is declared anew, with its product and quantity', async () => {
    await page.goto(`${address}/console/licenses`);
    await button(t('licenses.actions', {pack: 2})).click();
    await page.getByRole('menuitem', {name: t('licenses.renew')}).click();
    await shows(like('add.renewing', {pack: 2, product: 'mail-2010'}));
    if ((await page.locator('#product').inputValue()) !== 'mail-2010') return false;
    await button(tn('add.install', 12)).click();
    await shows(tn('add.done', 12, {product: 'mail-2010'}));
});
await expect('Home leads to the removing itself: which pack, then the question, by keyboard alone', async () => {
    await page.goto(address);
    await page.getByRole('link', {name: t('task.remove_licenses')}).focus();
    await page.keyboard.press('Enter');
    await dialog.getByText(t('licenses.remove_which')).waitFor();
    if (await dialog.locator(`#remove-${at.used}`).isEnabled()) throw new Error('of a pack whose CALs are held');
    await dialog.locator(`#remove-${at.leaving}`).focus();
    await page.keyboard.press('Space');
    await dialog.getByRole('button', {name: t('people.go_on')}).focus();
    await page.keyboard.press('Enter');
    await dialog.getByText(t('licenses.remove_title', {pack: at.leaving})).waitFor();
    await dialog.getByLabel(t('licenses.remove_sure')).focus();
    await page.keyboard.press('Space');
    await dialog.getByRole('button', {name: t('action.remove')}).focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor({state: 'detached'});
    if (new URL(page.url()).searchParams.has('ask')) throw new Error(page.url());
    const {packs} = await must('GET', '/v1/packs');
    if (packs.some((each) => each.pack === at.leaving)) throw new Error(JSON.stringify(packs));
});

if (everything) {
    at.key = await activated();
    at.vendor = 'Fabrikam';
    await looked(context, places(at));
}
await expect('the browser had nothing to complain about', () => {
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
});
finish();
