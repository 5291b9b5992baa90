// The plays: what people do in the console, from an empty license server on, in the language of CALM_LANGUAGE. Each
// leaves behind what the next one needs. What looks at both languages by itself, and what is beside the way from the first
// run to the roles, is played in English only.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {check} from './accessible.mjs';
import {activation, activationSeen} from './activation.mjs';
import {joinIn, login} from './agent.mjs';
import {agreements} from './agreements.mjs';
import {atAGlance} from './at_a_glance.mjs';
import {groups} from './groups.mjs';
import {address, ask, expect, finish, focusSays, person, words} from './harness.mjs';
import {help} from './help.mjs';
import {history} from './history.mjs';
import {hosts, hostsSeen} from './hosts.mjs';
import {moving} from './moving.mjs';
import {people} from './people.mjs';
import {checkPseudo} from './pseudo.mjs';
import {refusals} from './refusals.mjs';
import {refused} from './refused.mjs';
import {roles} from './roles.mjs';
import {onlyLooked, seats} from './seats.mjs';
import {secondStep} from './second_step.mjs';
import {anyOf, language, like, other, t, tn, word} from './texts.mjs';

const desk = process.env.CALM_DESK;
const pack = (name) => readFileSync(join(desk, name), 'utf8');
const password = 'correct horse battery';
const {page, context, complaints} = await person();

const {heading, button, shows} = words(page);

async function signIn(account, secret = password) {
    await page.getByLabel(t('sign_in.account')).fill(account);
    await page.getByLabel(t('sign_in.password')).fill(secret);
    await page.keyboard.press('Enter');
}

// --- first run
await expect('a server without accounts says how to make the first owner', async () => {
    await page.goto(address);
    await heading(t('first_run.title'));
    await shows('sudo calm init');
});
await ask('POST', '/v1/accounts', {account: 'anna', role: 'owner', password});
await expect('and lets the owner in as soon as there is one', async () => {
    await button(t('first_run.done')).click();
    await heading(t('sign_in.title'));
});
await expect('a wrong password is told so, and lets nobody in', async () => {
    await signIn('anna', 'wrong horse battery');
    await shows(t('problem.sign_in_failed.title'));
});
await expect('the right one leads Home, by keyboard alone', async () => {
    await signIn('anna');
    await heading(t('home.title'));
    await shows(t('home.first_steps'));
});
await expect('no script can read the session', async () => (await page.evaluate(() => document.cookie)) === '');

// --- adding client access licenses
await expect('an altered pack is refused before anything is added', async () => {
    await page.getByRole('button', {name: t('add.title')}).first().click();
    await heading(t('add.title'));
    await page.getByRole('textbox', {name: t('add.pack')}).fill(pack('altered.pack'));
    await shows(t('reason.pack_altered.title'));
    return button(t('action.add')).isDisabled();
});
await expect('a pack says what it is, and whom to trust by fingerprint', async () => {
    await page.getByRole('textbox', {name: t('add.pack')}).fill(pack('five.pack'));
    await shows(t('add.unknown_vendor', {vendor: 'Contoso <b>Software</b>'}));
    await shows('files-2026');
    await page.getByLabel(t('add.compared')).check();
    await button(t('add.trust', {vendor: 'Contoso <b>Software</b>'})).click();
});
await expect('a product that is unknown here is defined on the way', async () => {
    await shows(t('add.unknown_product', {product: 'files-2026'}));
    await button(t('add.define', {product: 'files-2026'})).click();
});
await expect('then what will change, and afterwards the size of the pool', async () => {
    await shows(t('add.pool_grows', {product: 'files-2026', before: 0, after: 5}));
    await button(tn('add.install', 5)).click();
    await page.getByRole('heading', {name: tn('add.done', 5, {product: 'files-2026'})}).waitFor();
    await shows(t('pool.used_of', {used: 0, owned: 5}));
});
await expect('a second one from a file', async () => {
    await button(t('add.another')).click();
    await page.getByTestId('pack-file').setInputFiles(join(desk, 'twenty.pack'));
    await shows(t('add.pool_grows', {product: 'files-2026', before: 5, after: 25}));
    await button(tn('add.install', 20)).click();
    await shows(t('pool.used_of', {used: 0, owned: 25}));
});
await expect('the same again is told so', async () => {
    await button(t('add.another')).click();
    await page.getByRole('textbox', {name: t('add.pack')}).fill(pack('five.pack'));
    await shows(t('reason.pack_already_installed.title'));
    return button(tn('add.install', 5)).isDisabled();
});

// --- a host, and people who connect to it
await expect('a host joins with the token that the console made', async () => {
    await page.goto(`${address}/console/hosts`);
    await shows(t('hosts.none'));
    await page.getByRole('button', {name: t('hosts.enrol')}).first().click();
    await button(t('hosts.make_token')).click();
    const token = await page.getByRole('textbox', {name: t('hosts.token'), exact: true}).inputValue();
    if (!/^calm_enrol_/.test(token)) throw new Error(`no token: ${token}`);
    await page.getByRole('img', {name: t('hosts.token_qr')}).waitFor();
    const enrolled = await ask('POST', '/v1/hosts', {token, name: 'fs-1.example.org', public_key: 'ab'.repeat(32), mode: 'per_user'});
    if (enrolled.status !== 201) throw new Error(JSON.stringify(enrolled));
    await button(t('action.done')).click();
    await page.reload();
    await shows('fs-1.example.org');
    await shows(like('time.days_left'));
});
await expect('its licensing mode is set', async () => {
    await button(t('hosts.actions', {host: 'fs-1.example.org'})).click();
    await page.getByRole('menuitem', {name: t('task.set_mode')}).click();
    await page.getByLabel(t('mode.either'), {exact: true}).check();
    await button(t('action.save')).click();
    await page.getByRole('dialog').waitFor({state: 'detached'});
    return (await ask('GET', '/v1/hosts/1')).body.mode === 'either';
});
const evil = '<img src=x onerror=alert(1)>';
const {token} = (await ask('POST', '/v1/hosts/tokens', {})).body;
await joinIn('desk.example.org', token, ['--service', 'sshd=files-2026']);
await ask('PUT', '/v1/hosts/2', {mode: 'either'});
await expect('people log in at a real host, whose agent asks', async () => {
    for (const user of ['bruno', 'chloe', evil]) await login('desk.example.org', user, 'cal_issued');
    await login('desk.example.org', 'bruno', 'cal_held');
});
await ask('POST', '/v1/admissions', {product: 'files-2026', device: 'kiosk-1', host: 1});

await expect('Home says at a glance how many are in use, owned and missing, in which mode hosts are, and what runs out first', async () => {
    await page.goto(address);
    const glance = page.locator('.calm-bigs');
    await glance.getByText(tn('add.in_use', 4), {exact: true}).waitFor();
    // Who has a temporary CAL only lacks one.
    const {rows} = (await ask('GET', '/v1/position')).body;
    const missing = rows.reduce((sum, {short}) => sum + short, 0);
    await glance.getByText(tn('add.missing', missing), {exact: true}).waitFor();
    const figures = `${tn('add.in_use', 4)}25${tn('add.owned', 25)}${missing}${tn('add.missing', missing)}`;
    if (!new RegExp(`[34]${figures}`).test(await glance.textContent())) throw new Error(await glance.textContent());
    await shows(tn('glance.mode', 2, {mode: word('mode', 'either')}));
    await shows(t('glance.no_activation'));
    await shows(t('glance.too_early'));
});
await expect('Home shows what is in use without reloading', async () => {
    await page.goto(address);
    const before = /(\d+)/.exec(await page.getByText(like('pool.used_of', {owned: 25})).first().textContent())[0];
    await login('desk.example.org', 'dora', 'cal_issued');
    await shows(t('pool.used_of', {used: Number(before) + 1, owned: 25}));
});

// --- who holds what
await expect('holders are listed, and a name that is markup stays a name', async () => {
    await page.getByRole('link', {name: t('holders.title')}).click();
    await heading(t('holders.title'));
    await shows('bruno');
    await shows(evil);
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('a search stands in the address', async () => {
    await page.getByRole('textbox', {name: t('holders.search')}).fill('chloe');
    await page.keyboard.press('Enter');
    await page.getByText(tn('holders.count', 1), {exact: true}).waitFor();
    return new URL(page.url()).searchParams.get('holder') === 'chloe';
});
await expect('a CAL is explained, and released', async () => {
    await page.getByRole('button', {name: 'chloe'}).click();
    await shows(like('because.seat'));
    await button(t('holders.release')).click();
    await page.getByRole('dialog').getByRole('button', {name: t('holders.release')}).click();
    await shows(t('holders.now.returned', {holder: 'chloe'}));
});
await expect('a filter that fits nothing says so', async () => {
    await page.goto(`${address}/console/holders?state=revoked`);
    await shows(t('holders.none_found'));
});

// --- licenses
await expect('a pack in use cannot be removed, and says why', async () => {
    await page.goto(`${address}/console/licenses`);
    await shows(tn('allows.per_user', 5, {products: 'files-2026'}));
    const used = (await ask('GET', '/v1/packs')).body.packs.find((each) => each.used > 0).pack;
    await button(t('licenses.actions', {pack: used})).click();
    await page.getByRole('menuitem', {name: t('action.remove')}).click();
    await shows(like('licenses.remove_in_use'));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({state: 'detached'});
});
await expect('CALs that nobody holds are converted after the server has said what comes of it', async () => {
    const free = (await ask('GET', '/v1/packs')).body.packs.find((each) => each.free >= 20).pack;
    await button(t('licenses.actions', {pack: free})).click();
    await page.getByRole('menuitem', {name: t('licenses.convert')}).click();
    await page.getByLabel(t('licenses.convert_how_many')).fill('4');
    await shows(tn('licenses.convert_gives', 4, {kind: word('kind', 'per_device'), product: 'files-2026'}));
    await page.getByRole('dialog').getByRole('button', {name: t('licenses.convert')}).click();
    await shows(tn('allows.per_device', 4, {products: 'files-2026'}));
});

// --- products, audit, settings
await expect('a product is added, and its rules are changed', async () => {
    await page.goto(`${address}/console/products`);
    await page.getByRole('button', {name: t('products.add')}).first().click();
    await page.getByLabel(t('products.code')).fill('mail-2010');
    await page.getByLabel(t('requires.trusted')).check();
    await page.getByRole('dialog').getByRole('button', {name: t('products.add')}).click();
    await page.getByRole('heading', {name: 'mail-2010'}).waitFor();
    await button(t('products.edit_of', {product: 'mail-2010'})).click();
    await page.getByRole('button', {name: t('products.rules')}).click();
    await page.getByRole('spinbutton', {name: t('rule.user_days')}).fill('30');
    await button(t('action.save')).click();
    await page.getByRole('dialog').waitFor({state: 'detached'});
    return (await ask('GET', '/v1/products/mail-2010')).body.user_days === 30;
});
await expect('CALs of a product on trust are declared', async () => {
    await page.goto(`${address}/console/add`);
    await page.getByLabel(t('add.way.declare')).check();
    await page.getByLabel(t('fact.quantity'), {exact: true}).fill('12');
    await button(tn('add.install', 12)).click();
    await shows(tn('add.done', 12, {product: 'mail-2010'}));
});
await agreements(page);
await expect('the browser recomputes the log and finds that it fits', async () => {
    await page.goto(`${address}/console/audit`);
    await shows(t('entry.cal_issued'));
    await button(t('audit.verify')).click();
    await shows(like('audit.holds'));
    await shows(t('audit.holds_body'));
});
await expect('entries are filtered by what they are about', async () => {
    await page.getByLabel(t('audit.about')).selectOption('packs');
    await shows(t('entry.pack_converted'));
    return (await page.getByText(t('entry.cal_issued')).count()) === 0;
});
await expect('an account is made, with a role', async () => {
    await page.goto(`${address}/console/settings`);
    await button(t('settings.add_account')).click();
    await page.getByRole('dialog').getByLabel(t('sign_in.account')).fill('vera');
    await page.getByRole('dialog').getByLabel(t('sign_in.password')).fill(password);
    await page.getByRole('dialog').getByLabel(t('role.viewer'), {exact: true}).check();
    await page.getByRole('dialog').getByRole('button', {name: t('settings.add_account')}).click();
    await page.getByText('vera', {exact: true}).waitFor();
});
await expect('the rules of the ledger are changed', async () => {
    await page.getByRole('spinbutton', {name: t('settings.initial_grace_days')}).fill('30');
    await button(t('action.save')).click();
    await shows(t('settings.saved'));
    return (await ask('GET', '/v1/settings')).body.initial_grace_days === 30;
});

// --- stations
const enrol = async (name, key) => {
    const {token} = (await ask('POST', '/v1/hosts/tokens', {})).body;
    return (await ask('POST', '/v1/hosts', {token, name, public_key: key.repeat(32), mode: 'per_user'})).body.host;
};
await enrol(evil, 'cd');
const room = await enrol('room.example.org', 'ef');
await ask('POST', '/v1/products', {product: 'wms-2011', requires: 'trusted'});
await ask('POST', '/v1/packs', {declared: {product: 'wms-2011', kind: 'per_user', quantity: 1}});
await expect('a station is added to a host', async () => {
    await page.goto(`${address}/console/stations`);
    await shows(t('stations.none'));
    await button(t('stations.add')).first().click();
    await page.getByRole('textbox', {name: t('stations.name')}).fill('front-desk');
    await page.getByRole('dialog').getByLabel(t('fact.host')).selectOption('room.example.org');
    await page.getByRole('dialog').getByRole('button', {name: t('stations.add')}).click();
    await shows(t('stations.changed', {station: 'front-desk'}));
    return (await ask('GET', '/v1/stations')).body.stations[0].host === room;
});
for (const [name, kind] of [['desktop-1', 'virtual_desktop'], [evil, 'remote']]) await ask('POST', '/v1/stations', {name, host: 'room.example.org', kind});
for (const station of ['front-desk', evil]) await ask('POST', '/v1/admissions', {product: 'wms-2011', station, host: room});
await expect('who holds what is shown, and whoever has no CAL is found by a filter that stands in the address', async () => {
    await page.reload();
    await page.getByRole('row', {name: /front-desk/}).getByRole('link', {name: 'wms-2011'}).waitFor();
    await shows(evil);
    await page.getByLabel(t('stations.all_cals')).selectOption(t('stations.without_cal'));
    await page.getByText(tn('stations.count', 1), {exact: true}).waitFor();
    await page.getByRole('row', {name: new RegExp(`desktop-1.*${word('station_kind', 'virtual_desktop')}.*${t('stations.no_cal')}`)}).waitFor();
    if (new URL(page.url()).searchParams.get('cal') !== 'without') return false;
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('a station is renamed, moved to another kind, and keeps its CAL', async () => {
    await page.goto(`${address}/console/stations?search=front`);
    await button(t('stations.actions', {station: 'front-desk'})).click();
    await page.getByRole('menuitem', {name: t('stations.change')}).click();
    await page.getByRole('textbox', {name: t('stations.name')}).fill('front-window');
    await page.getByRole('dialog').getByLabel(t('fact.kind')).selectOption(t('station_kind.remote'));
    await button(t('action.save')).click();
    await shows(t('stations.changed', {station: 'front-window'}));
    await page.getByRole('row', {name: new RegExp(`front-window.*${word('station_kind', 'remote')}`)}).getByRole('link', {name: 'wms-2011'}).waitFor();
});
await expect('it shows a virtual desktop, whose CAL counts then', async () => {
    await button(t('stations.actions', {station: 'front-window'})).click();
    await page.getByRole('menuitem', {name: t('stations.change')}).click();
    await page.getByLabel(t('stations.shows_what')).selectOption('desktop-1');
    await button(t('action.save')).click();
    await shows(t('stations.shows', {desktop: 'desktop-1'}));
    const stations = (await ask('GET', '/v1/stations')).body.stations;
    return stations.find((each) => each.name === 'front-window').shows === stations.find((each) => each.name === 'desktop-1').station;
});
await expect('a name that the host has already is refused, in the dialog', async () => {
    await button(t('stations.actions', {station: 'front-window'})).click();
    await page.getByRole('menuitem', {name: t('stations.change')}).click();
    await page.getByRole('textbox', {name: t('stations.name')}).fill('desktop-1');
    await button(t('action.save')).click();
    await page.getByRole('dialog').getByText(t('problem.station_name_taken.title')).waitFor();
    await button(t('action.cancel')).click();
});
await expect('Home leads to console mode, and the page leads back', async () => {
    await page.goto(address);
    await page.getByRole('link', {name: t('task.console_mode')}).click();
    await page.getByRole('dialog').getByRole('button', {name: t('task.console_mode')}).click();
    await shows(t('stations.in_console_mode', {host: 'room.example.org'}));
    if ((await ask('GET', `/v1/hosts/${room}`)).body.console_mode !== true) return false;
    const refused = await ask('POST', '/v1/admissions', {product: 'wms-2011', station: evil, host: room});
    if (refused.body.reason !== 'host_in_console_mode') throw new Error(JSON.stringify(refused));
    await button(t('stations.to_station_mode')).click();
    await page.getByRole('dialog').getByRole('button', {name: t('stations.to_station_mode')}).click();
    await page.getByRole('dialog').waitFor({state: 'detached'});
    await shows(t('stations.station_lead'));
    return (await ask('GET', `/v1/hosts/${room}`)).body.console_mode === false;
});

// --- who would be refused
await refused(page);
// --- who was refused
const hallRefused = await refusals(page, evil);

// --- hosts
await hosts(page);

// --- compliance
for (const user of ['emma', 'farid', 'gina']) await ask('POST', '/v1/admissions', {product: 'wms-2011', user, host: room});
await expect('a position says what is missing and who, with the stations that have no CAL', async () => {
    const {rows, stations} = (await ask('GET', '/v1/position')).body;
    const {short} = rows.find((each) => each.product === 'wms-2011');
    if (short === 0 || stations.uncovered.length === 0) throw new Error(JSON.stringify({rows, stations}));
    await page.goto(`${address}/console/compliance`);
    await page.getByRole('row', {name: new RegExp(`wms-2011.* ${short} `)}).first().waitFor();
    await page.getByRole('grid', {name: t('compliance.uncovered')}).getByRole('link', {name: 'gina'}).waitFor();
    await shows(t('compliance.station_missing'));
    await page.getByRole('link', {name: stations.uncovered[0].name}).waitFor();
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('its report is made in the language of the screen, downloaded as PDF, and verified without the server', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), button(t('compliance.download', {what: 'PDF'})).click()]);
    const file = join(desk, download.suggestedFilename());
    await download.saveAs(file);
    const [signature] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', {name: t('compliance.download_signature')}).click()]);
    if (signature.suggestedFilename() !== `${download.suggestedFilename()}.sig`) throw new Error(signature.suggestedFilename());
    await signature.saveAs(`${file}.sig`);
    if (!readFileSync(file, 'latin1').startsWith('%PDF')) return false;
    const {license_server_id: id} = (await ask('GET', '/v1/status')).body;
    execFileSync('calm', ['report', 'verify', file, '--server-id', id], {stdio: 'pipe'});
});
await expect('the same as CSV, of one product, in the other language', async () => {
    await page.getByLabel(t('fact.product'), {exact: true}).selectOption('wms-2011');
    await page.waitForURL(/product=wms-2011/);
    await button(t('language.other')).click();
    const [download] = await Promise.all([page.waitForEvent('download'), button(other.t('compliance.download', {what: 'CSV'})).click()]);
    const file = join(desk, download.suggestedFilename());
    await download.saveAs(file);
    const text = readFileSync(file, 'utf8');
    await button(other.t('language.other')).click();
    await heading(t('compliance.title'));
    return text.includes(other.t('report.column.short')) && text.includes('wms-2011') && !text.includes('files-2026');
});
await expect('a purchase request is printed: what is missing with the vendor, and nothing of the console', async () => {
    const {rows} = (await ask('GET', '/v1/position')).body;
    const {short} = rows.find((each) => each.product === 'wms-2011');
    const others = rows.filter((each) => each.product !== 'wms-2011');
    const total = 40 + others.reduce((sum, each) => sum + each.short, 0);
    const [enough] = others.filter(({product}) => others.every((each) => each.product !== product || each.short === 0));
    await page.goto(`${address}/console/add`);
    await page.getByRole('link', {name: t('add.buy_from', {vendor: 'Contoso <b>Software</b>'})}).waitFor();
    await page.getByRole('link', {name: t('purchase.make')}).click();
    await heading(t('purchase.title'));
    const quantity = page.getByRole('spinbutton', {name: t('purchase.quantity_of', {product: 'wms-2011', kind: word('kind', 'per_user')})});
    if ((await quantity.inputValue()) !== String(short)) return false;
    await quantity.fill('40');
    await page.getByLabel(t('purchase.remark')).fill(`For the new room ${evil}`);
    await shows(tn('purchase.total', total));
    await page.emulateMedia({media: 'print'});
    await page.getByRole('row', {name: new RegExp(`wms-2011 ${word('kind', 'per_user')} .* ${short} 40`)}).waitFor();
    await page.getByText(`For the new room ${evil}`, {exact: true}).last().waitFor();
    const seen = await Promise.all([page.getByRole('row', {name: new RegExp(enough.product)}), page.getByRole('navigation'), button(t('purchase.print')), quantity].map((each) => each.first().isVisible()));
    await page.emulateMedia({media: null});
    return !seen.includes(true);
});
await expect('a day stands in the address; one before the log is told so', async () => {
    await page.goto(`${address}/console/compliance?at=2001-02-03`);
    await page.getByText(t('action.what_to_do')).first().waitFor();
    await button(t('compliance.now')).click();
    await shows(t('compliance.by_product'));
    return !new URL(page.url()).searchParams.has('at');
});

// --- alerts
// A page of alerts may come back shorter than asked, with a cursor.
async function openAlerts() {
    const alerts = [];
    let cursor;
    do {
        const {body} = await ask('GET', `/v1/alerts?state=open${cursor ? `&cursor=${cursor}` : ''}`);
        alerts.push(...body.alerts);
        cursor = body.cursor;
    } while (cursor);
    return alerts;
}
const mostUrgent = (alerts) => ['critical', 'warning', 'notice'].flatMap((severity) => alerts.filter((each) => each.severity === severity)).slice(0, 5);
await expect('Home shows how many alerts are open, the most urgent first, and leads to them', async () => {
    for (let i = 0; i < 120 && !(await openAlerts()).some((each) => each.kind === 'over_use'); ++i) await new Promise((go) => setTimeout(go, 250));
    let said;
    let urgent;
    // Once more if one was raised meanwhile.
    for (let i = 0; i < 3 && (said === undefined || said !== urgent); ++i) {
        const alerts = await openAlerts();
        const most = mostUrgent(alerts);
        urgent = most.map((each) => each.sentence).join('\n');
        await page.goto(address);
        await shows(tn('home.open_alerts', alerts.length));
        await page.locator('.calm-alert').nth(most.length - 1).waitFor();
        said = (await page.locator('.calm-alert').getByRole('link').allInnerTexts()).join('\n');
    }
    if (said !== urgent) throw new Error(`${said}\n\n${urgent}`);
    const [first] = mostUrgent(await openAlerts());
    await page.getByRole('link', {name: first.sentence, exact: true}).click();
    await heading(t('alerts.title'));
    if (new URL(page.url()).searchParams.get('alert') !== String(first.alert)) return false;
    const {alert} = (await openAlerts()).find((each) => each.kind === 'over_use');
    await page.goto(`${address}/console/alerts?alert=${alert}`);
    await shows(t('alert.over_use.remedy').replaceAll('`', ''));
    await page.getByText(t('delivery_state.sent'), {exact: true}).first().waitFor();
});
await expect('an alert is acknowledged, and by whom is kept', async () => {
    const {alert} = (await openAlerts()).find((each) => each.kind === 'over_use');
    await button(t('alerts.acknowledge_of', {alert})).click();
    await shows(t('alerts.acknowledged', {alert}));
    await shows(like('alerts.by', {account: 'anna'}, {ends: true}));
    await page.getByLabel(t('alerts.which')).selectOption(t('alert_filter.acknowledged'));
    await page.getByRole('row', {name: word('alert_state', 'acknowledged')}).first().waitFor();
    if ((await page.getByRole('button', {name: like('alerts.acknowledge_of')}).count()) > 0) return false;
    const kept = (await ask('GET', `/v1/alerts/${alert}`)).body;
    return kept.state === 'acknowledged' && kept.acknowledged_by === 'anna' && new URL(page.url()).searchParams.get('state') === 'acknowledged';
});
await expect('the name of a host in an alert stays a name, and each pool has its forecast', async () => {
    await page.goto(`${address}/console/alerts?severity=notice`);
    await shows(evil);
    await page.getByRole('grid', {name: t('forecast.title')}).getByRole('row', {name: /files-2026/}).first().waitFor();
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('a test message goes to every receiver, and what became of it is told', async () => {
    await button(t('alerts.test')).click();
    await button(t('alerts.test_send')).click();
    await page.getByRole('dialog').getByText(t('delivery_state.sent'), {exact: true}).waitFor();
    await button(t('action.done')).click();
    return readFileSync(join(desk, 'received'), 'utf8').includes('"test":true');
});

// --- seats that float, loans, devices that are one machine
const lent = await seats(page);
await groups(page);
await atAGlance(page);

// --- over time, and packs that go to another license server, and come from one
if (language === 'en') {
    await history(page);
    await moving(page);
}

// --- this server and a vendor's clearinghouse
const fabrikam = encodeURIComponent(await activation(page));

// --- the manual, what is kept about a person, a second step at sign-in; every page in both languages and themes: axe,
// no sideways scroll, nothing cut off
const paths = ['/', '/console/activation', `/console/activation?vendor=${fabrikam}&way=online`, `/console/activation?vendor=${fabrikam}&way=file`, `/console/activation?vendor=${fabrikam}&way=phone`, '/console/activation?file=1', '/console/add', '/console/add?way=keys', '/console/add?way=open', '/console/add?way=program', '/console/add?way=phone', '/console/alerts', '/console/alerts?alert=1', '/console/compliance', '/console/compliance?table=1', '/console/licenses', '/console/licenses?ask=keep&pack=1', '/console/licenses?ask=move&pack=1', '/console/groups', '/console/groups?join=1', '/console/holders', '/console/holders?cal=1', `/console/holders?cal=${lent}`, '/console/holders?lend=1', '/console/devices', '/console/devices?join=1', '/console/hosts', '/console/hosts?host=1', '/console/mode', '/console/mode?hosts=1,2', '/console/stations', '/console/stations?add=1', '/console/stations?mode=1', '/console/products', '/console/purchase', '/console/refusals', `/console/refusals?product=hall-2026&refusal=${hallRefused}`, '/console/audit', '/console/people', '/console/people?name=bruno', '/console/people?name=bruno&ask=erase', '/console/settings', '/console/settings?ask=second-step', '/console/help', '/console/help?page=concepts/device-life', '/console/help?page=reference/settings', '/console/help?search=log', '/console/nowhere'];
if (language === 'en') {
    await help(page);
    await people(page);
    await secondStep(page, password);
    await check(context, paths);
    await checkPseudo(context, paths);
}

// --- roles, and the end of a session
await expect('signing out is the end of it, also for the back button', async () => {
    await page.goto(address);
    await button(t('shell.you', {account: 'anna'})).click();
    await page.getByRole('menuitem', {name: t('action.sign_out')}).click();
    await heading(t('sign_in.title'));
    await page.goBack();
    await heading(t('sign_in.title'));
});
await expect('a viewer sees what a viewer may see, and nothing to press', async () => {
    await page.goto(address);
    await signIn('vera');
    await heading(t('home.title'));
    await shows(t('home.no_tasks'));
    if ((await page.getByRole('button', {name: t('add.title')}).count()) > 0) return false;
    if ((await page.getByRole('link', {name: t('audit.title')}).count()) > 0) return false;
    for (const path of ['audit', 'people']) {
        await page.goto(`${address}/console/${path}?name=bruno`);
        await shows(t('shell.not_found'));
    }
    await page.goto(`${address}/console/hosts`);
    await shows('fs-1.example.org');
    return (await page.getByRole('button', {name: t('hosts.actions', {host: 'fs-1.example.org'})}).count()) === 0;
});
await expect('on the newer pages too: neither a button nor a name of whoever is not covered', async () => {
    await page.goto(`${address}/console/alerts?state=all`);
    await shows(evil);
    await page.goto(`${address}/console/stations?add=1&mode=1`);
    await shows('desktop-1');
    if ((await page.locator('#main').getByRole('button', {name: anyOf('stations.actions', 'stations.add', 'stations.to_console_mode', 'stations.to_station_mode')}).count()) > 0) return false;
    if ((await page.getByRole('dialog').count()) > 0) return false;
    await page.goto(`${address}/console/groups?join=1`);
    await page.getByRole('heading', {level: 2, name: 'engineers'}).waitFor();
    if ((await page.locator('#main').getByRole('button', {name: anyOf('groups.add', 'groups.add_to', 'groups.keep_for', 'groups.leave_of')}).count()) > 0) return false;
    if ((await page.getByRole('dialog').count()) > 0) return false;
    await page.goto(`${address}/console/compliance`);
    await shows(like('compliance.names_hidden'));
    if ((await page.getByText('gina').count()) > 0) return false;
    return (await page.getByRole('button', {name: like('compliance.download')}).count()) === 0;
});
await roles();
await onlyLooked(page, lent);
await hostsSeen(page);
await activationSeen(page);
await expect('a session that the server ended asks to sign in, and goes on where it was', async () => {
    await ask('DELETE', '/v1/accounts/vera');
    await page.getByRole('link', {name: t('holders.title')}).click();
    await shows(t('sign_in.ended'));
    await signIn('anna');
    await heading(t('holders.title'));
});

await ask('POST', '/v1/accounts', {account: 'otto', role: 'auditor', password});
await expect('an auditor makes reports and reads what is kept, and neither acknowledges nor has names forgotten', async () => {
    await button(t('shell.you', {account: 'anna'})).click();
    await page.getByRole('menuitem', {name: t('action.sign_out')}).click();
    await heading(t('sign_in.title'));
    await signIn('otto');
    await page.getByRole('link', {name: t('compliance.title')}).click();
    await button(t('compliance.download', {what: 'PDF'})).waitFor();
    await page.getByRole('link', {name: t('alerts.title'), exact: true}).click();
    await shows(evil);
    if ((await page.getByRole('button', {name: anyOf('alerts.acknowledge_of', 'alerts.test')}).count()) > 0) return false;
    await page.goto(`${address}/console/people?name=bruno`);
    await button(t('people.export')).waitFor();
    if ((await button(t('people.erase')).count()) > 0) return false;
    await button(t('shell.you', {account: 'otto'})).click();
    await page.getByRole('menuitem', {name: t('action.sign_out')}).click();
    await heading(t('sign_in.title'));
    await signIn('anna');
    await heading(t('people.title'));
});

// --- by keyboard alone
await expect('from Home to a released CAL without a mouse', async () => {
    await page.goto(address);
    await heading(t('home.title'));
    const press = async (name, most = 40) => {
        for (let i = 0; i < most; ++i) {
            await page.keyboard.press('Tab');
            const focused = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
            if (focused === name) return page.keyboard.press('Enter');
        }
        throw new Error(`nothing called ${name} within ${most} tabs`);
    };
    await press(t('holders.title'));
    await heading(t('holders.title'));
    await shows('dora');
    await press('dora');
    await page.getByRole('heading', {level: 2, name: 'dora'}).waitFor();
    await press(t('holders.release'));
    await page.getByRole('dialog').waitFor();
    await press(t('holders.release'));
    await shows(t('holders.now.returned', {holder: 'dora'}));
});
await expect('an alert is acknowledged without a mouse, and what came of it has the focus', async () => {
    await page.goto(`${address}/console/alerts?severity=notice`);
    await page.getByRole('button', {name: like('alerts.acknowledge_of')}).first().focus();
    await page.keyboard.press('Enter');
    await shows(like('alerts.acknowledged'));
    await focusSays(page, like('alerts.acknowledged'));
});
await expect('an address that leads elsewhere leads nowhere', async () => {
    await page.goto(`${address}/console/holders?cal=//evil.example/`);
    await heading(t('holders.title'));
    return page.url().startsWith(address);
});
await expect('the browser had nothing to complain about: no error, nothing that the policy forbids', () => {
    if (complaints.length > 0) throw new Error(complaints.slice(0, 10).join('\n'));
});

// --- a server that stops answering
await expect('a silent server is told so, and the last numbers stay', async () => {
    await page.goto(address);
    await heading(t('home.title'));
    await shows(like('pool.used_of', {owned: 25}));
    await page.route('**/v1/**', (route) => route.abort());
    await shows(t('problem.stale'));
});
finish();
