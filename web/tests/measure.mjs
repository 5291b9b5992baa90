// Fills a license server with many CALs and hosts over its socket, then looks how long each page takes until what it
// is for is there: median and worst of the rounds, in a browser that has the files already. See tests/bench/console.sh.
import {randomBytes} from 'node:crypto';
import {Agent, request} from 'node:http';
import {address, browser, person} from './harness.mjs';

const cals = Number(process.env.CALM_BENCH_CALS ?? 1_000_000);
const hosts = Number(process.env.CALM_BENCH_HOSTS ?? 10_000);
const rounds = 5;
const password = 'correct horse battery';
const agent = new Agent({keepAlive: true, maxSockets: 32});

function ask(method, path, body) {
    return new Promise((resolve, reject) => {
        const text = body === undefined ? '' : JSON.stringify(body);
        const headers = {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text)};
        const asked = request({socketPath: process.env.CALM_SOCKET, agent, method, path, headers}, (answer) => {
            let all = '';
            answer.on('data', (part) => (all += part));
            answer.on('end', () => (answer.statusCode < 300 ? resolve(JSON.parse(all)) : reject(new Error(`${method} ${path}: ${all}`))));
        });
        asked.on('error', reject);
        asked.end(text);
    });
}

// Does `work` for 0 to `count`, at most 32 at a time.
async function each(count, work) {
    let next = 0;
    const worker = async () => {
        while (next < count) await work(next++);
    };
    await Promise.all(Array.from({length: 32}, worker));
}

// Nine of ten are users, the others devices; a thousand more ask than there are seats.
async function fill() {
    const devices = Math.floor(cals / 10);
    await ask('POST', '/v1/accounts', {account: 'anna', role: 'owner', password});
    for (const [product, kind, quantity] of [
        ['office-2026', 'per_user', cals - devices - Math.min(1000, Math.floor(cals / 100))],
        ['kiosk-2026', 'per_device', devices],
    ]) {
        await ask('POST', '/v1/products', {product, requires: 'trusted'});
        await ask('POST', '/v1/packs', {declared: {product, kind, quantity}});
    }
    const {token} = await ask('POST', '/v1/hosts/tokens', {hosts_max: hosts, valid_for: '1d'});
    await each(hosts, (n) => ask('POST', '/v1/hosts', {token, name: `fs-${String(n + 1).padStart(5, '0')}.example.org`, public_key: randomBytes(32).toString('hex'), mode: 'either'}));
    const name = (n) => String(n).padStart(7, '0');
    const question = (n) => (n < devices ? {product: 'kiosk-2026', device: `till-${name(n)}`} : {product: 'office-2026', user: `user-${name(n)}@example.org`});
    const batch = 250;
    await each(Math.ceil(cals / batch), (part) => {
        const admissions = [];
        for (let n = part * batch; n < Math.min(cals, (part + 1) * batch); ++n) admissions.push({...question(n), host: (n % hosts) + 1});
        return ask('POST', '/v1/admissions/batch', {admissions});
    });
}

const begun = Date.now();
const before = await ask('GET', '/v1/status');
if (before.cals === 0) await fill();
const status = await ask('GET', '/v1/status');
console.log(`${status.cals} CALs, ${status.hosts} hosts, ${status.entries} entries; filled in ${Math.round((Date.now() - begun) / 1000)} s`);

const {page, context} = await person();
page.setDefaultTimeout(60_000);
await page.goto(address);
await page.getByLabel('Account').fill('anna');
await page.getByLabel('Password').fill(password);
await page.keyboard.press('Enter');
await page.getByRole('heading', {level: 1, name: 'Home'}).waitFor();

const rows = () => page.locator('#main').getByRole('row').nth(1);
const text = (words) => () => page.locator('#main').getByText(words).first();
const user = `user-${String(cals - 5).padStart(7, '0')}@example.org`;
const places = [
    ['Home', '/', text(/ used/)],
    ['Alerts', '/console/alerts', rows],
    ['Licenses', '/console/licenses', text('office-2026')],
    ['Add client access licenses', '/console/add', () => page.getByRole('textbox', {name: 'Key pack'})],
    ['Activation', '/console/activation', () => page.getByRole('heading', {level: 1})],
    ['Holders', '/console/holders', () => page.locator('[data-cal]').first()],
    ['Holders, one product', '/console/holders?product=office-2026', () => page.locator('[data-cal]').first()],
    ['Holders, one name', `/console/holders?holder=${encodeURIComponent(user)}`, () => page.locator('[data-cal]').first()],
    ['Holders, one CAL', `/console/holders?cal=${cals - 5}`, () => page.getByRole('button', {name: 'Release'})],
    ['Groups', '/console/groups', () => page.getByRole('heading', {level: 1})],
    ['Devices', '/console/devices', text('There is nothing to decide')],
    ['Hosts', '/console/hosts', rows],
    ['Licensing mode and servers', '/console/mode', () => page.getByRole('checkbox', {name: /^Choose fs-/}).first()],
    ['Stations', '/console/stations', text('No station is registered')],
    ['Products', '/console/products', text('office-2026')],
    ['Compliance', '/console/compliance', rows],
    ['Purchase request', '/console/purchase', rows],
    ['Audit', '/console/audit', rows],
    ['People, one name', `/console/people?name=${encodeURIComponent(user)}`, () => page.getByRole('heading', {level: 2, name: user})],
    ['Settings', '/console/settings', () => page.getByLabel('Licensing mode of new hosts')],
    ['Help', '/console/help', () => page.locator('.calm-chapter a').first()],
];

async function timed(act) {
    const from = performance.now();
    await act();
    return performance.now() - from;
}

async function tell(name, once) {
    const times = [];
    try {
        for (let i = 0; i < rounds; ++i) times.push(await once());
    } catch (error) {
        return console.log(`| ${name} | FAILED: ${String(error.message).split('\n')[0]} | |`);
    }
    times.sort((a, b) => a - b);
    console.log(`| ${name} | ${Math.round(times[Math.floor(rounds / 2)])} ms | ${Math.round(times[rounds - 1])} ms |`);
}

const wanted = process.argv.slice(2);
console.log('| page | median | worst |\n|---|---|---|');
for (const [name, path, there] of places) {
    if (wanted.length > 0 && !wanted.some((each) => name.startsWith(each))) continue;
    await tell(name, () => timed(async () => {
        await page.goto(address + path, {waitUntil: 'commit'});
        await there().waitFor();
    }));
}
if (wanted.length === 0) {
    await page.goto(`${address}/console/holders`);
    await page.locator('[data-cal="1"]').waitFor();
    const scroll = (to) => page.locator('.calm-scroll').evaluate((element, part) => element.scrollTo(0, part * element.scrollHeight), to);
    await tell('Holders, to the last row and back', () => timed(async () => {
        await scroll(1);
        await page.locator(`[data-cal="${status.cals}"]`).waitFor();
        await scroll(0);
        await page.locator('[data-cal="1"]').waitFor();
    }));
    let part = 0;
    await tell('Holders, to a place in between', () => timed(async () => {
        await scroll((part += 0.13));
        await page.waitForFunction(() => {
            const window = document.querySelector('.calm-scroll').getBoundingClientRect();
            return [...document.querySelectorAll('[data-cal]')].some((each) => each.getBoundingClientRect().top >= window.top && each.getBoundingClientRect().bottom <= window.bottom);
        });
    }));
}
await context.close();
await browser.close();
process.exit(0);
