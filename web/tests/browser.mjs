// The plays: what people do in the console, from an empty license server on. Each leaves behind what the next
// one needs.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {check} from './accessible.mjs';
import {activation, activationSeen} from './activation.mjs';
import {agreements} from './agreements.mjs';
import {groups} from './groups.mjs';
import {address, ask, expect, finish, person, words} from './harness.mjs';
import {help} from './help.mjs';
import {history} from './history.mjs';
import {hosts, hostsSeen} from './hosts.mjs';
import {moving} from './moving.mjs';
import {people} from './people.mjs';
import {checkPseudo} from './pseudo.mjs';
import {secondStep} from './second_step.mjs';
import {onlyLooked, seats} from './seats.mjs';

const desk = process.env.CALM_DESK;
const pack = (name) => readFileSync(join(desk, name), 'utf8');
const password = 'correct horse battery';
const {page, context, complaints} = await person();

const {heading, button, shows} = words(page);

async function signIn(account, secret = password) {
    await page.getByLabel('Account').fill(account);
    await page.getByLabel('Password').fill(secret);
    await page.keyboard.press('Enter');
}

// --- first run
await expect('a server without accounts says how to make the first owner', async () => {
    await page.goto(address);
    await heading('This license server is new');
    await shows('sudo calm init');
});
await ask('POST', '/v1/accounts', {account: 'anna', role: 'owner', password});
await expect('and lets the owner in as soon as there is one', async () => {
    await button('I have made the owner').click();
    await heading('Sign in');
});
await expect('a wrong password is told so, and lets nobody in', async () => {
    await signIn('anna', 'wrong horse battery');
    await shows('Signing in failed');
});
await expect('the right one leads Home, by keyboard alone', async () => {
    await signIn('anna');
    await heading('Home');
    await shows('First steps');
});
await expect('no script can read the session', async () => (await page.evaluate(() => document.cookie)) === '');

// --- adding client access licenses
await expect('an altered pack is refused before anything is added', async () => {
    await page.getByRole('button', {name: 'Add client access licenses'}).first().click();
    await heading('Add client access licenses');
    await page.getByRole('textbox', {name: 'Key pack'}).fill(pack('altered.pack'));
    await shows('The key pack was altered');
    return button('Add').isDisabled();
});
await expect('a pack says what it is, and whom to trust by fingerprint', async () => {
    await page.getByRole('textbox', {name: 'Key pack'}).fill(pack('five.pack'));
    await shows('Contoso <b>Software</b> is not trusted here yet');
    await shows('files-2026');
    await page.getByLabel('I have compared the fingerprint').check();
    await button('Trust Contoso <b>Software</b>').click();
});
await expect('a product that is unknown here is defined on the way', async () => {
    await shows('files-2026 is not defined here yet');
    await button('Define files-2026').click();
});
await expect('then what will change, and afterwards the size of the pool', async () => {
    await shows('files-2026: from 0 to 5 CALs.');
    await button('Add 5 CALs').click();
    await page.getByRole('heading', {name: '5 CALs for files-2026 are ready'}).waitFor();
    await shows('0 of 5 used');
});
await expect('a second one from a file', async () => {
    await button('Add another pack').click();
    await page.getByTestId('pack-file').setInputFiles(join(desk, 'twenty.pack'));
    await shows('files-2026: from 5 to 25 CALs.');
    await button('Add 20 CALs').click();
    await shows('0 of 25 used');
});
await expect('the same again is told so', async () => {
    await button('Add another pack').click();
    await page.getByRole('textbox', {name: 'Key pack'}).fill(pack('five.pack'));
    await shows('The key pack is already installed');
    return button('Add 5 CALs').isDisabled();
});

// --- a host, and people who connect to it
await expect('a host joins with the token that the console made', async () => {
    await page.goto(`${address}/console/hosts`);
    await shows('No host is enrolled.');
    await page.getByRole('button', {name: 'Enrol a host'}).first().click();
    await button('Make a token').click();
    const token = await page.getByRole('textbox', {name: 'Token', exact: true}).inputValue();
    if (!/^calm_enrol_/.test(token)) throw new Error(`no token: ${token}`);
    await page.getByRole('img', {name: 'The token as a QR code'}).waitFor();
    const enrolled = await ask('POST', '/v1/hosts', {token, name: 'fs-1.example.org', public_key: 'ab'.repeat(32), mode: 'per_user'});
    if (enrolled.status !== 201) throw new Error(JSON.stringify(enrolled));
    await button('Done').click();
    await page.reload();
    await shows('fs-1.example.org');
    await shows('days left');
});
await expect('its licensing mode is set', async () => {
    await button('Actions for fs-1.example.org').click();
    await page.getByRole('menuitem', {name: 'Set the licensing mode'}).click();
    await page.getByLabel('either', {exact: true}).check();
    await button('Save').click();
    await page.getByRole('dialog').waitFor({state: 'detached'});
    return (await ask('GET', '/v1/hosts/1')).body.mode === 'either';
});
const evil = '<img src=x onerror=alert(1)>';
for (const user of ['bruno', 'chloe', evil]) await ask('POST', '/v1/admissions', {product: 'files-2026', user, host: 1});
await ask('POST', '/v1/admissions', {product: 'files-2026', device: 'kiosk-1', host: 1});

await expect('Home says at a glance how many are in use, owned and missing, in which mode hosts are, and what runs out first', async () => {
    await page.goto(address);
    const glance = page.locator('.calm-bigs');
    await glance.getByText('in use', {exact: true}).waitFor();
    if (!/[34]in use25owned0missing/.test(await glance.textContent())) throw new Error(await glance.textContent());
    await shows('either: 1 host');
    await shows('Not needed: no installed pack asks for it.');
    await shows('Too early to tell.');
});
await expect('Home shows what is in use without reloading', async () => {
    await page.goto(address);
    await shows(/[34] of 25 used/);
    await ask('POST', '/v1/admissions', {product: 'files-2026', user: 'dora', host: 1});
    await shows(/[45] of 25 used/);
});

// --- who holds what
await expect('holders are listed, and a name that is markup stays a name', async () => {
    await page.getByRole('link', {name: 'Holders'}).click();
    await heading('Holders');
    await shows('bruno');
    await shows(evil);
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('a search stands in the address', async () => {
    await page.getByRole('textbox', {name: 'Name of a user, device or station'}).fill('chloe');
    await page.keyboard.press('Enter');
    await page.getByText('1 CAL', {exact: true}).waitFor();
    return new URL(page.url()).searchParams.get('holder') === 'chloe';
});
await expect('a CAL is explained, and released', async () => {
    await page.getByRole('button', {name: 'chloe'}).click();
    await shows('It takes a seat of pack');
    await button('Release').click();
    await page.getByRole('dialog').getByRole('button', {name: 'Release'}).click();
    await shows('The CAL of chloe is released.');
});
await expect('a filter that fits nothing says so', async () => {
    await page.goto(`${address}/console/holders?state=revoked`);
    await shows('Nothing fits');
});

// --- licenses
await expect('a pack in use cannot be removed, and says why', async () => {
    await page.goto(`${address}/console/licenses`);
    await shows('5 persons may use files-2026, on any device.');
    const used = (await ask('GET', '/v1/packs')).body.packs.find((each) => each.used > 0).pack;
    await button(`Actions for pack ${used}`).click();
    await page.getByRole('menuitem', {name: 'Remove'}).click();
    await shows('so the pack cannot be removed');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({state: 'detached'});
});
await expect('CALs that nobody holds are converted after the server has said what comes of it', async () => {
    const free = (await ask('GET', '/v1/packs')).body.packs.find((each) => each.free >= 20).pack;
    await button(`Actions for pack ${free}`).click();
    await page.getByRole('menuitem', {name: 'Convert'}).click();
    await page.getByLabel('How many').fill('4');
    await shows('4 CALs per device for files-2026');
    await page.getByRole('dialog').getByRole('button', {name: 'Convert'}).click();
    await shows('Whoever sits at one of 4 devices may use files-2026.');
});

// --- products, audit, settings
await expect('a product is added, and its rules are changed', async () => {
    await page.goto(`${address}/console/products`);
    await page.getByRole('button', {name: 'Add a product'}).first().click();
    await page.getByLabel('Code').fill('mail-2010');
    await page.getByLabel('on trust').check();
    await page.getByRole('dialog').getByRole('button', {name: 'Add a product'}).click();
    await page.getByRole('heading', {name: 'mail-2010'}).waitFor();
    await button('Change mail-2010').click();
    await page.getByRole('button', {name: 'All rules'}).click();
    await page.getByRole('spinbutton', {name: 'User CAL'}).fill('30');
    await button('Save').click();
    await page.getByRole('dialog').waitFor({state: 'detached'});
    return (await ask('GET', '/v1/products/mail-2010')).body.user_days === 30;
});
await expect('CALs of a product on trust are declared', async () => {
    await page.goto(`${address}/console/add`);
    await page.getByLabel('CALs on trust').check();
    await page.getByLabel('Quantity', {exact: true}).fill('12');
    await button('Add 12 CALs').click();
    await shows('12 CALs for mail-2010 are ready');
});
await agreements(page);
await expect('the browser recomputes the log and finds that it fits', async () => {
    await page.goto(`${address}/console/audit`);
    await shows('CAL issued');
    await button('Verify the log').click();
    await shows('Everything fits');
    await shows('the signatures are those of this license server');
});
await expect('entries are filtered by what they are about', async () => {
    await page.getByLabel('What about').selectOption('packs');
    await shows('Pack converted');
    return (await page.getByText('CAL issued').count()) === 0;
});
await expect('an account is made, with a role', async () => {
    await page.goto(`${address}/console/settings`);
    await button('Add an account').click();
    await page.getByRole('dialog').getByLabel('Account').fill('vera');
    await page.getByRole('dialog').getByLabel('Password').fill(password);
    await page.getByRole('dialog').getByLabel('viewer', {exact: true}).check();
    await page.getByRole('dialog').getByRole('button', {name: 'Add an account'}).click();
    await page.getByText('vera', {exact: true}).waitFor();
});
await expect('the rules of the ledger are changed', async () => {
    await page.getByRole('spinbutton', {name: 'Initial grace of new hosts'}).fill('30');
    await button('Save').click();
    await shows('Saved.');
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
    await shows('No station is registered');
    await button('Add a station').first().click();
    await page.getByRole('textbox', {name: 'Name'}).fill('front-desk');
    await page.getByRole('dialog').getByLabel('Host').selectOption('room.example.org');
    await page.getByRole('dialog').getByRole('button', {name: 'Add a station'}).click();
    await shows('Saved: front-desk.');
    return (await ask('GET', '/v1/stations')).body.stations[0].host === room;
});
for (const [name, kind] of [['desktop-1', 'virtual_desktop'], [evil, 'remote']]) await ask('POST', '/v1/stations', {name, host: 'room.example.org', kind});
for (const station of ['front-desk', evil]) await ask('POST', '/v1/admissions', {product: 'wms-2011', station, host: room});
await expect('who holds what is shown, and whoever has no CAL is found by a filter that stands in the address', async () => {
    await page.reload();
    await page.getByRole('row', {name: /front-desk/}).getByRole('link', {name: 'wms-2011'}).waitFor();
    await shows(evil);
    await page.getByLabel('With and without a CAL').selectOption('Without a CAL');
    await page.getByText('1 station', {exact: true}).waitFor();
    await page.getByRole('row', {name: /desktop-1.*virtual desktop.*no CAL/}).waitFor();
    if (new URL(page.url()).searchParams.get('cal') !== 'without') return false;
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('a station is renamed, moved to another kind, and keeps its CAL', async () => {
    await page.goto(`${address}/console/stations?search=front`);
    await button('Actions for front-desk').click();
    await page.getByRole('menuitem', {name: 'Rename or move'}).click();
    await page.getByRole('textbox', {name: 'Name'}).fill('front-window');
    await page.getByRole('dialog').getByLabel('Kind').selectOption('remote');
    await button('Save').click();
    await shows('Saved: front-window.');
    await page.getByRole('row', {name: /front-window.*remote/}).getByRole('link', {name: 'wms-2011'}).waitFor();
});
await expect('it shows a virtual desktop, whose CAL counts then', async () => {
    await button('Actions for front-window').click();
    await page.getByRole('menuitem', {name: 'Rename or move'}).click();
    await page.getByLabel('Shows the virtual desktop').selectOption('desktop-1');
    await button('Save').click();
    await shows('shows desktop-1');
    const stations = (await ask('GET', '/v1/stations')).body.stations;
    return stations.find((each) => each.name === 'front-window').shows === stations.find((each) => each.name === 'desktop-1').station;
});
await expect('a name that the host has already is refused, in the dialog', async () => {
    await button('Actions for front-window').click();
    await page.getByRole('menuitem', {name: 'Rename or move'}).click();
    await page.getByRole('textbox', {name: 'Name'}).fill('desktop-1');
    await button('Save').click();
    await page.getByRole('dialog').getByText('The host has a station of this name').waitFor();
    await button('Cancel').click();
});
await expect('Home leads to console mode, and the page leads back', async () => {
    await page.goto(address);
    await page.getByRole('link', {name: 'Switch to console mode'}).click();
    await page.getByRole('dialog').getByRole('button', {name: 'Switch to console mode'}).click();
    await shows('room.example.org is in console mode: its stations are out of use.');
    if ((await ask('GET', `/v1/hosts/${room}`)).body.console_mode !== true) return false;
    const refused = await ask('POST', '/v1/admissions', {product: 'wms-2011', station: evil, host: room});
    if (refused.body.reason !== 'host_in_console_mode') throw new Error(JSON.stringify(refused));
    await button('Switch to station mode').click();
    await page.getByRole('dialog').getByRole('button', {name: 'Switch to station mode'}).click();
    await page.getByRole('dialog').waitFor({state: 'detached'});
    await shows('Its stations can be used again.');
    return (await ask('GET', `/v1/hosts/${room}`)).body.console_mode === false;
});

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
    await page.getByRole('grid', {name: 'Who is not covered'}).getByRole('link', {name: 'gina'}).waitFor();
    await shows('Stations without a CAL:');
    await page.getByRole('link', {name: stations.uncovered[0].name}).waitFor();
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('its report is made in the language of the screen, downloaded as PDF, and verified without the server', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), button('Download PDF').click()]);
    const file = join(desk, download.suggestedFilename());
    await download.saveAs(file);
    const [signature] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', {name: 'Its signature'}).click()]);
    if (signature.suggestedFilename() !== `${download.suggestedFilename()}.sig`) throw new Error(signature.suggestedFilename());
    await signature.saveAs(`${file}.sig`);
    if (!readFileSync(file, 'latin1').startsWith('%PDF')) return false;
    const {license_server_id: id} = (await ask('GET', '/v1/status')).body;
    execFileSync('calm', ['report', 'verify', file, '--server-id', id], {stdio: 'pipe'});
});
await expect('the same as CSV, of one product, in French', async () => {
    await page.getByLabel('Product', {exact: true}).selectOption('wms-2011');
    await page.waitForURL(/product=wms-2011/);
    await button('Français').click();
    const [download] = await Promise.all([page.waitForEvent('download'), button('Télécharger en CSV').click()]);
    const file = join(desk, download.suggestedFilename());
    await download.saveAs(file);
    const text = readFileSync(file, 'utf8');
    await button('English').click();
    await heading('Compliance');
    return text.includes('Manquantes') && text.includes('wms-2011') && !text.includes('files-2026');
});
await expect('a purchase request is printed: what is missing with the vendor, and nothing of the console', async () => {
    const {short} = (await ask('GET', '/v1/position')).body.rows.find((each) => each.product === 'wms-2011');
    await page.goto(`${address}/console/add`);
    await page.getByRole('link', {name: 'Buy from Contoso <b>Software</b>'}).waitFor();
    await page.getByRole('link', {name: 'Print a purchase request'}).click();
    await heading('Purchase request');
    const quantity = page.getByRole('spinbutton', {name: 'To buy: wms-2011 per user'});
    if ((await quantity.inputValue()) !== String(short)) return false;
    await quantity.fill('40');
    await page.getByLabel('Remark').fill(`For the new room ${evil}`);
    await shows('40 CALs to buy');
    await page.emulateMedia({media: 'print'});
    await page.getByRole('row', {name: new RegExp(`wms-2011 per user .* ${short} 40`)}).waitFor();
    await page.getByText(`For the new room ${evil}`, {exact: true}).last().waitFor();
    const seen = await Promise.all([page.getByRole('row', {name: /files-2026/}), page.getByRole('navigation'), button('Print'), quantity].map((each) => each.first().isVisible()));
    await page.emulateMedia({media: null});
    return !seen.includes(true);
});
await expect('a day stands in the address; one before the log is told so', async () => {
    await page.goto(`${address}/console/compliance?at=2001-02-03`);
    await page.getByText('What to do').first().waitFor();
    await button('As of now').click();
    await shows('Position per product');
    return !new URL(page.url()).searchParams.has('at');
});

// --- alerts
await expect('Home shows how many alerts are open, the most urgent first, and leads to them', async () => {
    for (let i = 0; i < 60 && (await ask('GET', '/v1/alerts?state=open&severity=warning')).body.alerts.length < 2; ++i) await new Promise((go) => setTimeout(go, 250));
    const {alerts} = (await ask('GET', '/v1/alerts?state=open')).body;
    await page.goto(address);
    await shows(`${alerts.length} alerts are open.`);
    const overuse = alerts.find((each) => each.kind === 'over_use');
    await page.getByRole('link', {name: overuse.sentence}).click();
    await heading('Alerts');
    await shows('over-use CALs move to the new seats by themselves');
    await page.getByText('sent', {exact: true}).first().waitFor();
});
await expect('an alert is acknowledged, and by whom is kept', async () => {
    const {alert} = (await ask('GET', '/v1/alerts?state=open')).body.alerts.find((each) => each.kind === 'over_use');
    await button(`Acknowledge alert ${alert}`).click();
    await shows(`Alert ${alert} is acknowledged.`);
    await shows(/, by anna$/);
    await page.getByLabel('State').selectOption('Acknowledged');
    await page.getByRole('row', {name: /acknowledged/}).first().waitFor();
    if ((await page.getByRole('button', {name: /^Acknowledge alert/}).count()) > 0) return false;
    const kept = (await ask('GET', `/v1/alerts/${alert}`)).body;
    return kept.state === 'acknowledged' && kept.acknowledged_by === 'anna' && new URL(page.url()).searchParams.get('state') === 'acknowledged';
});
await expect('the name of a host in an alert stays a name, and each pool has its forecast', async () => {
    await page.goto(`${address}/console/alerts?severity=notice`);
    await shows(evil);
    await page.getByRole('grid', {name: 'Forecast'}).getByRole('row', {name: /files-2026/}).first().waitFor();
    return (await page.locator('img[src="x"]').count()) === 0;
});
await expect('a test message goes to every receiver, and what became of it is told', async () => {
    await button('Send a test message').click();
    await button('Send').click();
    await page.getByRole('dialog').getByText('sent', {exact: true}).waitFor();
    await button('Done').click();
    return readFileSync(join(desk, 'received'), 'utf8').includes('"test":true');
});

// --- seats that float, loans, devices that are one machine
const lent = await seats(page);
await groups(page);

// --- over time
await history(page);

// --- packs that go to another license server, and come from one
await moving(page);

// --- this server and a vendor's clearinghouse
const fabrikam = encodeURIComponent(await activation(page));

// --- the manual, and what is kept about a person
await help(page);
await people(page);

// --- a second step at sign-in
await secondStep(page, password);

// --- every page, both languages and themes: axe, no sideways scroll, nothing cut off
const paths = ['/', '/console/activation', `/console/activation?vendor=${fabrikam}&way=online`, `/console/activation?vendor=${fabrikam}&way=file`, `/console/activation?vendor=${fabrikam}&way=phone`, '/console/activation?file=1', '/console/add', '/console/add?way=keys', '/console/add?way=open', '/console/add?way=program', '/console/add?way=phone', '/console/alerts', '/console/alerts?alert=1', '/console/compliance', '/console/compliance?table=1', '/console/licenses', '/console/licenses?ask=keep&pack=1', '/console/licenses?ask=move&pack=1', '/console/groups', '/console/groups?join=1', '/console/holders', '/console/holders?cal=1', `/console/holders?cal=${lent}`, '/console/holders?lend=1', '/console/devices', '/console/devices?join=1', '/console/hosts', '/console/hosts?host=1', '/console/mode', '/console/mode?hosts=1,2', '/console/stations', '/console/stations?add=1', '/console/stations?mode=1', '/console/products', '/console/purchase', '/console/audit', '/console/people', '/console/people?name=bruno', '/console/people?name=bruno&ask=erase', '/console/settings', '/console/settings?ask=second-step', '/console/help', '/console/help?page=concepts/device-life', '/console/help?page=reference/settings', '/console/help?search=log', '/console/nowhere'];
await check(context, paths);
await checkPseudo(context, paths);

// --- roles, and the end of a session
await expect('signing out is the end of it, also for the back button', async () => {
    await page.goto(address);
    await button('Your account: anna').click();
    await page.getByRole('menuitem', {name: 'Sign out'}).click();
    await heading('Sign in');
    await page.goBack();
    await heading('Sign in');
});
await expect('a viewer sees what a viewer may see, and nothing to press', async () => {
    await page.goto(address);
    await signIn('vera');
    await heading('Home');
    await shows('Your role reads and changes nothing.');
    if ((await page.getByRole('button', {name: 'Add client access licenses'}).count()) > 0) return false;
    if ((await page.getByRole('link', {name: 'Audit'}).count()) > 0) return false;
    for (const path of ['audit', 'people']) {
        await page.goto(`${address}/console/${path}?name=bruno`);
        await shows('There is no such page');
    }
    await page.goto(`${address}/console/hosts`);
    await shows('fs-1.example.org');
    return (await page.getByRole('button', {name: 'Actions for fs-1.example.org'}).count()) === 0;
});
await expect('on the newer pages too: neither a button nor a name of whoever is not covered', async () => {
    await page.goto(`${address}/console/alerts?state=all`);
    await shows(evil);
    await page.goto(`${address}/console/stations?add=1&mode=1`);
    await shows('desktop-1');
    if ((await page.locator('#main').getByRole('button', {name: /Actions|Add|Switch/}).count()) > 0) return false;
    if ((await page.getByRole('dialog').count()) > 0) return false;
    await page.goto(`${address}/console/groups?join=1`);
    await page.getByRole('heading', {level: 2, name: 'engineers'}).waitFor();
    if ((await page.locator('#main').getByRole('button', {name: /Add|Keep|Take/}).count()) > 0) return false;
    if ((await page.getByRole('dialog').count()) > 0) return false;
    await page.goto(`${address}/console/compliance`);
    await shows('Your role is told how many, not who.');
    if ((await page.getByText('gina').count()) > 0) return false;
    return (await page.getByRole('button', {name: /Download/}).count()) === 0;
});
await onlyLooked(page, lent);
await hostsSeen(page);
await activationSeen(page);
await expect('a session that the server ended asks to sign in, and goes on where it was', async () => {
    await ask('DELETE', '/v1/accounts/vera');
    await page.getByRole('link', {name: 'Holders'}).click();
    await shows('Your session is over');
    await signIn('anna');
    await heading('Holders');
});

await ask('POST', '/v1/accounts', {account: 'otto', role: 'auditor', password});
await expect('an auditor makes reports and reads what is kept, and neither acknowledges nor has names forgotten', async () => {
    await button('Your account: anna').click();
    await page.getByRole('menuitem', {name: 'Sign out'}).click();
    await heading('Sign in');
    await signIn('otto');
    await page.getByRole('link', {name: 'Compliance'}).click();
    await button('Download PDF').waitFor();
    await page.getByRole('link', {name: 'Alerts', exact: true}).click();
    await shows(evil);
    if ((await page.getByRole('button', {name: /Acknowledge|Send/}).count()) > 0) return false;
    await page.goto(`${address}/console/people?name=bruno`);
    await button('Download everything (JSON)').waitFor();
    if ((await button('Forget the name').count()) > 0) return false;
    await button('Your account: otto').click();
    await page.getByRole('menuitem', {name: 'Sign out'}).click();
    await heading('Sign in');
    await signIn('anna');
    await heading('People');
});

// --- by keyboard alone
await expect('from Home to a released CAL without a mouse', async () => {
    await page.goto(address);
    await heading('Home');
    const press = async (name, most = 40) => {
        for (let i = 0; i < most; ++i) {
            await page.keyboard.press('Tab');
            const focused = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
            if (focused === name) return page.keyboard.press('Enter');
        }
        throw new Error(`nothing called ${name} within ${most} tabs`);
    };
    await press('Holders');
    await heading('Holders');
    await shows('dora');
    await press('dora');
    await page.getByRole('heading', {level: 2, name: 'dora'}).waitFor();
    await press('Release');
    await page.getByRole('dialog').waitFor();
    await press('Release');
    await shows('The CAL of dora is released.');
});
await expect('an alert is acknowledged without a mouse, and what came of it has the focus', async () => {
    await page.goto(`${address}/console/alerts?severity=notice`);
    await page.getByRole('button', {name: /^Acknowledge alert/}).first().focus();
    await page.keyboard.press('Enter');
    await shows('is acknowledged.');
    await page.waitForFunction(() => document.activeElement !== document.body && document.activeElement?.textContent?.includes('is acknowledged.'));
});
await expect('an address that leads elsewhere leads nowhere', async () => {
    await page.goto(`${address}/console/holders?cal=//evil.example/`);
    await heading('Holders');
    return page.url().startsWith(address);
});
await expect('the browser had nothing to complain about: no error, nothing that the policy forbids', () => {
    if (complaints.length > 0) throw new Error(complaints.slice(0, 10).join('\n'));
});

// --- a server that stops answering
await expect('a silent server is told so, and the last numbers stay', async () => {
    await page.goto(address);
    await heading('Home');
    await shows(/of 25 used/);
    await page.route('**/v1/**', (route) => route.abort());
    await shows('The license server does not answer at the moment');
});
finish();
