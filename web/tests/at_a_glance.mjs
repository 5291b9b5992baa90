// The plays about what one sees at a glance: how many CALs are missing, which hosts are meant, where a holder was, what an
// owner or an auditor takes along (a backup, the log, some of its entries), and how long names are kept. They leave a room of stations behind that is refused, and a
// host without a mode.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, expect, must, person, words} from './harness.mjs';
import {like, t, tn, word} from './texts.mjs';

const product = 'atlas-2026';
const stations = 4;

async function host(name, key, settings) {
    const {token} = await must('POST', '/v1/hosts/tokens', {});
    const {host: id} = await must('POST', '/v1/hosts', {token, name, public_key: key.repeat(32), mode: 'per_user'});
    await must('PUT', `/v1/hosts/${id}`, settings);
    return id;
}

// A room that may not go by its grace, and of which it is known what runs there.
async function set() {
    const {initial_grace_days: days} = await must('GET', '/v1/settings');
    await must('POST', '/v1/products', {product, requires: 'activated', overuse: 'refuse', temporary_days: 0});
    await must('PUT', '/v1/settings', {initial_grace_days: 0});
    const room = await host('atlas-1.example.org', '5a', {runs: [product]});
    await must('PUT', '/v1/settings', {initial_grace_days: days});
    for (let i = 1; i <= stations; ++i) await must('POST', '/v1/stations', {name: `atlas-${i}`, host: 'atlas-1.example.org'});
    const modeless = await host('atlas-2.example.org', '5b', {mode: 'not_configured'});
    return {room, modeless};
}

async function missing(page) {
    const {shows} = words(page);
    const {products} = await must('GET', '/v1/status');
    const all = products.reduce((sum, each) => sum + each.missing, 0);
    const figure = (path, words) => page.goto(address + path).then(() => page.locator('.calm-bigs').getByText(words, {exact: true}).locator('..').getByText(String(all), {exact: true}).waitFor());

    await expect('stations that are refused for want of CALs are missing ones, on Home and in the wizard', async () => {
        if (products.find((each) => each.product === product).missing !== stations) throw new Error(JSON.stringify(products));
        await figure('/', tn('add.missing', all));
        await shows(tn('concern.missing', stations, {product}));
        await figure('/console/add', tn('add.missing', all));
    });
    await expect('as many are missing in Compliance, with what they are', async () => {
        await page.goto(`${address}/console/compliance?product=${product}`);
        await page.getByRole('row', {name: new RegExp(`${product}.*${tn('compliance.refused', stations)}`)}).waitFor();
        await shows(tn('compliance.is_short', stations));
        await page.goto(`${address}/console/compliance`);
        const {rows} = await must('GET', '/v1/position');
        await shows(tn('compliance.is_short', rows.reduce((sum, each) => sum + each.short, 0)));
    });
    await expect('and so many are asked for in the purchase request', async () => {
        await page.goto(`${address}/console/purchase`);
        const quantity = page.getByRole('spinbutton', {name: t('purchase.quantity_of', {product, kind: word('kind', 'per_user')})});
        await quantity.waitFor();
        return (await quantity.inputValue()) === String(stations);
    });
}

async function whichHosts(page, modeless) {
    const {button, heading, shows} = words(page);
    await expect('Home is not content while alerts are open, and leads to them', async () => {
        let said;
        let known;
        let kind;
        // Once more if one was raised meanwhile.
        for (let i = 0; i < 3 && (said === undefined || said !== known); ++i) {
            const {alerts} = await must('GET', '/v1/status');
            kind = alerts.critical > 0 ? 'critical' : alerts.warning > 0 ? 'warning' : 'notice';
            const count = kind === 'notice' ? alerts.open - alerts.critical - alerts.warning : alerts[kind];
            if (count === 0) throw new Error(JSON.stringify(alerts));
            known = tn(`concern.alerts_${kind}`, count);
            await page.goto(address);
            const concern = page.getByRole('listitem').filter({has: page.locator(`a[href$="severity=${kind}"]`)});
            said = (await concern.innerText()).includes(known) ? known : await concern.innerText();
        }
        if (said !== known) throw new Error(`${said}, not ${known}`);
        await page.getByRole('listitem').filter({hasText: known}).getByRole('link').click();
        await heading(t('alerts.title'));
        return new URL(page.url()).searchParams.get('severity') === kind;
    });
    await expect('what Home says of hosts leads to these hosts and no others', async () => {
        const {without_mode: without} = await must('GET', '/v1/status');
        await page.goto(address);
        await page.getByRole('listitem').filter({hasText: tn('concern.mode_missing', without.hosts, {host: without.first})}).getByRole('link').click();
        await heading(t('hosts.title'));
        await page.getByRole('button', {name: 'atlas-2.example.org', exact: true}).waitFor();
        if (new URL(page.url()).searchParams.get('state') !== 'without_mode') return false;
        return (await page.getByRole('row', {name: /example\.org/}).count()) === without.hosts;
    });
    await expect('the filter is chosen as well, stays in the address, and goes with a search', async () => {
        await page.getByLabel(t('hosts.which')).selectOption(word('host_state', 'in_grace'));
        await page.waitForURL(/state=in_grace/);
        await page.getByRole('textbox', {name: t('hosts.search')}).fill('atlas-1');
        await shows(t('hosts.none_fits'));
        await page.getByLabel(t('hosts.which')).selectOption(t('hosts.all_states'));
        await page.getByRole('button', {name: 'atlas-1.example.org', exact: true}).waitFor();
    });
    await expect('hosts chosen under one search stay chosen under the next, and all that match are chosen at once', async () => {
        await page.goto(`${address}/console/mode?search=fs-1`);
        await page.getByRole('checkbox', {name: t('mode.choose', {host: 'fs-1.example.org'})}).check();
        const search = page.getByRole('textbox', {name: t('hosts.search')});
        await search.fill('atlas');
        await shows(tn('mode.chosen', 1));
        await button(tn('mode.choose_matching', 2)).click();
        await shows(tn('mode.chosen', 3));
        await page.getByRole('checkbox', {name: t('mode.choose', {host: 'atlas-1.example.org'})}).uncheck();
        await page.reload();
        await shows(tn('mode.chosen', 2));
        await page.getByLabel(t('mode.either'), {exact: true}).check();
        await button(tn('mode.save', 2)).click();
        await shows(tn('mode.saved', 2));
        const {hosts} = await must('GET', '/v1/hosts');
        const modeOf = (name) => hosts.find((each) => each.name === `${name}.example.org`).mode;
        await must('PUT', `/v1/hosts/${modeless}`, {mode: 'not_configured'});
        return modeOf('atlas-2') === 'either' && modeOf('fs-1') === 'either' && modeOf('atlas-1') === 'per_user';
    });
}

async function usedOn(page) {
    await expect('whoever holds a CAL was let in on these hosts, the latest used first, which lead to the host', async () => {
        const {cals} = await must('GET', '/v1/cals?holder=bruno');
        const [{cal}] = cals;
        const {days, hosts} = await must('GET', `/v1/cals/${cal}/hosts`);
        const {name, product} = hosts[0];
        await page.goto(`${address}/console/holders?cal=${cal}`);
        await words(page).button(t('used_on.show')).click();
        const used = page.getByRole('region', {name: tn('used_on.title', days)});
        const items = used.getByRole('listitem');
        await items.filter({hasText: `${name} ${product}`}).filter({hasText: like('used_on.days')}).waitFor();
        if ((await items.count()) !== hosts.length) return false;
        await used.getByRole('link', {name}).first().click();
        await page.getByRole('button', {name, exact: true}).waitFor();
        return new URL(page.url()).searchParams.get('host') === String(hosts[0].host);
    });
}

async function takenAlong(page, room) {
    const {button, shows} = words(page);
    const downloaded = async (press) => {
        const [download] = await Promise.all([page.waitForEvent('download'), press()]);
        const file = join(process.env.CALM_DESK, download.suggestedFilename());
        await download.saveAs(file);
        return file;
    };
    await expect('an owner reads where mail and webhooks are set, and downloads a backup', async () => {
        await page.goto(`${address}/console/settings`);
        await shows(t('settings.telling_body'));
        const file = await downloaded(() => page.getByRole('link', {name: t('settings.backup_download')}).click());
        return readFileSync(file).subarray(0, 15).toString() === 'SQLite format 3';
    });
    await expect('the log is exported as the command line does it, which verifies it', async () => {
        await page.goto(`${address}/console/audit`);
        const file = await downloaded(() => button(t('audit.export')).click());
        execFileSync('calm', ['audit', 'verify', file], {stdio: 'pipe'});
    });
    await expect('entries are found by the host, by the person and by the day, which stand in the address', async () => {
        await page.goto(`${address}/console/audit`);
        await page.getByLabel(t('audit.host')).fill(String(room));
        await page.keyboard.press('Enter');
        await page.waitForURL(/host=/);
        await page.getByText(t('entry.product_set'), {exact: true}).first().waitFor({state: 'detached'});
        await shows(t('entry.station_set'));
        const facts = await page.locator('td .calm-quiet').allInnerTexts();
        if (facts.some((each) => !each.includes(`host ${room}`))) throw new Error(facts.join('\n'));
        const {actors} = await must('GET', '/v1/audit/actors?limit=10000');
        const {account} = actors.at(-1);
        await page.getByRole('row', {name: t('entry.station_set')}).filter({hasText: account === '(local)' ? t('audit.local') : account}).first().waitFor();
        await page.goto(`${address}/console/audit?person=bruno`);
        await shows(t('entry.cal_issued'));
        if ((await page.getByText(t('entry.station_set')).count()) > 0) return false;
        await page.goto(`${address}/console/audit?until=2001-02-03`);
        await shows(t('audit.none'));
        await button(t('audit.clear')).click();
        await shows(t('entry.station_set'));
        await page.goto(`${address}/console/audit?person=nobody-of-that-name`);
        await shows(t('audit.person_unknown'));
    });
}

async function keptForAWhile(page) {
    const {button, shows} = words(page);
    const dialog = page.getByRole('dialog');
    await expect('an owner says how long names are kept, after seeing whose would be forgotten', async () => {
        await page.goto(`${address}/console/people`);
        await shows(t('retention.for_ever'));
        await button(t('retention.change')).click();
        await dialog.getByLabel(t('retention.some_days'), {exact: true}).check();
        await dialog.getByRole('spinbutton', {name: t('retention.how_many')}).fill('3650');
        await dialog.getByRole('button', {name: t('people.go_on')}).click();
        await dialog.getByText(tn('retention.days', 3650)).waitFor();
        const {due, days} = await must('GET', '/v1/retention?days=3650');
        if (days !== 0) throw new Error(`${days} days before anybody agreed`);
        await dialog.getByText(due === 0 ? t('retention.nobody_due') : tn('retention.due', due)).waitFor();
        await dialog.getByRole('button', {name: t('retention.keep')}).click();
        await dialog.waitFor({state: 'hidden'});
        await shows(like('retention.days', {count: 3650}));
        if ((await must('GET', '/v1/retention')).days !== 3650) return false;
        await button(t('retention.change')).click();
        await dialog.getByLabel(t('retention.for_ever'), {exact: true}).check();
        await dialog.getByRole('button', {name: t('retention.keep')}).click();
        await dialog.waitFor({state: 'hidden'});
        await shows(t('retention.for_ever'));
        return (await must('GET', '/v1/retention')).days === 0;
    });
}

async function mendedByOthers(modeless) {
    const password = 'correct horse battery';
    await must('POST', '/v1/accounts', {account: 'sven', role: 'viewer', password});
    const {context, page} = await person();
    await expect('whoever may not mend what is found is told who may, and led nowhere', async () => {
        await page.goto(address);
        await page.getByLabel(t('sign_in.account')).fill('sven');
        await page.getByLabel(t('sign_in.password')).fill(password);
        await page.keyboard.press('Enter');
        await words(page).heading(t('home.title'));
        await page.goto(`${address}/console/hosts?search=atlas-2&host=${modeless}`);
        await words(page).shows(like('hosts.mend_by.operate'));
        return (await page.getByRole('link', {name: t('hosts.mend')}).count()) === 0;
    });
    await context.close();
    await must('DELETE', '/v1/accounts/sven');
}

export async function atAGlance(page) {
    const {room, modeless} = await set();
    await missing(page);
    await whichHosts(page, modeless);
    await usedOn(page);
    await takenAlong(page, room);
    await keptForAWhile(page);
    await mendedByOthers(modeless);
}
