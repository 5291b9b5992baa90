// The plays about seats that float, CALs that are lent, and devices that are one machine. They leave behind a
// line, a loan, a look-alike and a joined device for the pages to be looked at.
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {address, ask, expect, focusSays, words} from './harness.mjs';
import {anyOf, like, t, tn, word} from './texts.mjs';

const desk = process.env.CALM_DESK;
const evil = '<img src=x onerror=alert(1)>';
const calOf = async (holder, product) => (await ask('GET', `/v1/cals?holder=${holder}&product=${product}`)).body.cals.find((each) => each.state === 'active');
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function furnish() {
    const install = (name) => execFileSync('calm', ['--server', `unix:${process.env.CALM_SOCKET}`, 'pack', 'add', join(desk, name), '--yes'], {stdio: 'pipe'});
    await ask('POST', '/v1/products', {product: 'cad-2026', requires: 'activated', overuse: 'refuse', lease_minutes: 120, queue_minutes: 60});
    await ask('POST', '/v1/products', {product: 'kiosk-2026', requires: 'activated', overuse: 'refuse', temporary_days: 0});
    for (const pack of ['floating.pack', 'server.pack', 'kiosk.pack']) install(pack);
    const {initial_grace_days: days} = (await ask('GET', '/v1/settings')).body;
    await ask('PUT', '/v1/settings', {initial_grace_days: 0});
    const {token} = (await ask('POST', '/v1/hosts/tokens', {})).body;
    const {host} = (await ask('POST', '/v1/hosts', {token, name: 'floor.example.org', public_key: '1a'.repeat(32), mode: 'either'})).body;
    await ask('PUT', '/v1/settings', {initial_grace_days: days});
    return async (product, who) => {
        const answer = await ask('POST', '/v1/admissions', {product, host, ...who});
        if (answer.status !== 200) throw new Error(JSON.stringify(answer));
        return answer.body.reason;
    };
}

// Answers the CAL that is lent at the end.
export async function seats(page) {
    const {button, shows} = words(page);
    const dialog = page.getByRole('dialog');
    const admit = await furnish();
    const act = async (device, item) => {
        await button(t('devices.actions', {device})).click();
        await page.getByRole('menuitem', {name: item}).click();
    };

    // --- seats that float
    await expect('concurrent seats are for so many at a time, and who waits for one is in line', async () => {
        for (const user of ['ines', 'jules']) await admit('cad-2026', {user});
        if ((await admit('cad-2026', {user: 'karim', wait: true})) !== 'seat_queued') return false;
        await page.goto(`${address}/console/licenses`);
        await shows(tn('allows.concurrent.per_user', 2, {products: 'cad-2026'}));
        await shows(tn('line.count', 1));
        await page.getByRole('grid', {name: t('line.title')}).getByRole('row', {name: `cad-2026 ${word('kind', 'per_user')} 1 karim`}).waitFor();
        await page.getByRole('grid', {name: t('licenses.packs')}).getByRole('row', {name: new RegExp(`cad-2026.* ${word('metric', 'concurrent')} `)}).waitFor();
    });
    await expect('a per-server pack names the one host where its seats count', async () => {
        await shows(tn('allows.no_host.per_user', 3, {products: 'cad-2026'}));
        const {pack} = (await ask('GET', '/v1/packs')).body.packs.find((each) => each.metric === 'per_server');
        await ask('PUT', `/v1/packs/${pack}/host`, {host: 'floor.example.org'});
        await shows(tn('allows.per_server.per_user', 3, {products: 'cad-2026', host: 'floor.example.org'}));
        await ask('PUT', `/v1/packs/${pack}/host`, {});
    });
    await expect('a concurrent seat says until when it is in use, and where', async () => {
        await page.goto(`${address}/console/holders?holder=ines&product=cad-2026`);
        await page.locator('.calm-row').getByText(anyOf('cal.in_use', 'cal.in_use_today')).waitFor();
        await button('ines').click();
        await shows(like('because.in_use'));
        await shows('floor.example.org');
        return (await button(t('holders.lend')).count()) === 0;
    });

    // --- loans
    await admit('files-2026', {user: 'hugo'});
    const own = (await calOf('hugo', 'files-2026')).cal;
    await expect('a CAL is lent to a stand-in until a day', async () => {
        await page.goto(`${address}/console/holders?holder=hugo&product=files-2026`);
        await button('hugo').click();
        await button(t('holders.lend')).click();
        await page.getByLabel(t('holders.lend_to')).fill('hugo');
        await page.getByLabel(t('phone.until')).fill(inDays(14));
        await dialog.getByRole('button', {name: t('holders.lend')}).click();
        await dialog.getByText(t('problem.loan_needless.title')).waitFor();
        await page.getByLabel(t('holders.lend_to')).fill('nina');
        await dialog.getByRole('button', {name: t('holders.lend')}).click();
        await shows(like('holders.now.lent', {holder: 'hugo', to: 'nina'}));
        await page.locator('.calm-row').getByText(like('cal.lent')).waitFor();
        const {lent} = (await ask('GET', `/v1/cals/${own}`)).body;
        return lent.why === 'absence' && lent.until.slice(0, 10) === inDays(15);
    });
    await expect('Home leads to a loan for an absence: a name, which of its CALs, the stand-in, the day; without a mouse', async () => {
        await admit('files-2026', {user: 'ivan'});
        await page.goto(address);
        await page.getByRole('link', {name: t('task.lend')}).click();
        await dialog.waitFor();
        await page.waitForFunction(() => document.activeElement?.id === 'absent-who');
        await page.keyboard.type('nobody-at-all');
        await dialog.getByText(t('holders.absent_none')).waitFor();
        await page.getByLabel(t('holders.absent_who')).fill('ivan');
        await dialog.getByLabel(like('holders.absent_cal', {product: 'files-2026', kind: word('kind', 'per_user')})).waitFor();
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.keyboard.type('olga');
        if (await dialog.getByRole('button', {name: t('holders.lend')}).isEnabled()) return false;
        await page.getByLabel(t('phone.until')).fill(inDays(3));
        await page.getByLabel(t('phone.until')).press('Enter');
        await dialog.getByRole('button', {name: t('holders.lend')}).focus();
        await page.keyboard.press('Enter');
        await shows(like('holders.now.lent', {holder: 'ivan', to: 'olga'}));
        await page.getByRole('heading', {level: 2, name: 'ivan'}).waitFor();
        if (new URL(page.url()).searchParams.has('lend')) return false;
        const {cal, lent} = await calOf('ivan', 'files-2026');
        await ask('POST', `/v1/cals/${cal}/recall`, {});
        return lent.why === 'absence' && lent.until.slice(0, 10) === inDays(4);
    });
    await expect('no day before today, and none more than a year away', async () => {
        await admit('files-2026', {user: 'lea'});
        await page.goto(`${address}/console/holders?holder=lea&product=files-2026`);
        await button('lea').click();
        await button(t('holders.lend')).click();
        await page.getByLabel(t('holders.lend_to')).fill('nina');
        for (const [days, off] of [[-1, true], [400, true], [300, false]]) {
            await page.getByLabel(t('phone.until')).fill(inDays(days));
            if ((await dialog.getByRole('button', {name: t('holders.lend')}).isDisabled()) !== off) throw new Error(`${days} days`);
        }
        await button(t('action.cancel')).click();
    });
    await expect('the stand-in leads to the owner, and the loan is ended from either', async () => {
        await page.goto(`${address}/console/holders?holder=nina`);
        await page.locator('.calm-row').getByText(t('cal.stands_in', {holder: 'hugo'})).waitFor();
        await button('nina').click();
        await shows(like('because.stands_in', {holder: 'hugo'}));
        await page.getByRole('link', {name: 'hugo'}).click();
        await page.getByRole('heading', {level: 2, name: 'hugo'}).waitFor();
        await shows(like('because.lent.absence', {to: 'nina'}));
        await button(t('holders.recall')).click();
        await dialog.getByRole('button', {name: t('holders.recall')}).click();
        await shows(t('holders.now.recalled', {holder: 'hugo'}));
        await button(t('holders.lend')).waitFor();
        await page.waitForFunction(() => document.activeElement?.textContent === 'hugo');
        return (await ask('GET', `/v1/cals/${own}`)).body.lent === undefined;
    });

    // --- devices
    for (const [device, hardware_id] of [['foyer-1', 'AA11'], ['foyer-2', 'AA11'], ['lab-1', 'BB22'], ['lab-2', 'BB22'], [evil, 'BB22']]) await admit('kiosk-2026', {device, hardware_id});
    await expect('devices that look like one with a CAL wait for a decision, and one that is the same machine becomes its name', async () => {
        await page.goto(address);
        await page.getByRole('link', {name: t('devices.title')}).click();
        await page.getByRole('grid', {name: t('devices.alike')}).getByRole('row', {name: /foyer-2 foyer-1/}).waitFor();
        await shows(evil);
        if ((await page.locator('img[src="x"]').count()) > 0) return false;
        await act('foyer-2', t('devices.same'));
        await shows(t('devices.join_lead', {device: 'foyer-2', machine: 'foyer-1'}));
        await dialog.getByRole('button', {name: t('devices.same')}).click();
        await shows(t('devices.joined', {device: 'foyer-2', machine: 'foyer-1'}));
        await page.getByRole('grid', {name: t('devices.names')}).getByRole('row', {name: /foyer-2 foyer-1/}).waitFor();
        const {names} = (await ask('GET', '/v1/devices')).body;
        return names.length === 1 && names[0].device.name === 'foyer-2' && names[0].machine.name === 'foyer-1';
    });
    await expect('another one is let be its own, without a mouse, and what came of it has the focus', async () => {
        await button(t('devices.actions', {device: 'lab-2'})).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('menuitem', {name: t('devices.own')}).waitFor();
        const until = async (name, key) => {
            for (let i = 0; i < 10; ++i) {
                if ((await page.evaluate(() => document.activeElement?.textContent?.trim())) === name) return page.keyboard.press('Enter');
                await page.keyboard.press(key);
            }
            throw new Error(`no way to ${name}`);
        };
        await until(t('devices.own'), 'ArrowDown');
        await dialog.waitFor();
        // The menu's item, which is called as the dialog's button is, keeps the focus for a moment.
        await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]') !== null);
        await until(t('devices.own'), 'Tab');
        await shows(t('devices.told.accept', {device: 'lab-2'}));
        await focusSays(page, t('devices.told.accept', {device: 'lab-2'}));
        return (await ask('GET', '/v1/devices')).body.look_alikes.every((each) => each.device.name !== 'lab-2');
    });
    await expect('names are separated again, and any two devices are joined', async () => {
        await act('foyer-2', t('devices.separate'));
        await dialog.getByRole('button', {name: t('devices.separate')}).click();
        await shows(t('devices.told.separate', {device: 'foyer-2'}));
        await button(t('devices.join')).click();
        await page.getByLabel(t('devices.stays')).fill('lab-1');
        await page.getByLabel(t('devices.other')).fill('nobody-1');
        await dialog.getByRole('button', {name: t('devices.join')}).click();
        await dialog.getByText(t('problem.subject_unknown.title')).waitFor();
        await page.getByLabel(t('devices.other')).fill('lab-2');
        await dialog.getByRole('button', {name: t('devices.join')}).click();
        await shows(t('devices.joined', {device: 'lab-2', machine: 'lab-1'}));
    });
    await expect('a part of either name finds them, and stands in the address', async () => {
        await page.getByRole('textbox', {name: t('devices.search')}).fill('LAB-2');
        await page.getByRole('grid', {name: t('devices.alike')}).waitFor({state: 'detached'});
        await page.getByRole('row', {name: /lab-2 lab-1/}).waitFor();
        return new URL(page.url()).searchParams.get('search') === 'LAB-2';
    });

    await expect('before a CAL is revoked, it says how many may be', async () => {
        for (const device of ['tablet-1', 'tablet-2']) await admit('kiosk-2026', {device});
        const {cal} = await calOf('tablet-1', 'kiosk-2026');
        await page.goto(`${address}/console/holders?cal=${cal}`);
        await page.getByRole('link', {name: t('holders.elsewhere.device')}).waitFor();
        await button(t('holders.revoke')).click();
        await dialog.getByText(t('holders.revoke_room', {revoked: 0, installed: 9, limit: 1})).waitFor();
        await dialog.getByText(tn('holders.revoke_left', 1)).waitFor();
        if (await dialog.getByRole('button', {name: t('holders.revoke')}).isEnabled()) return false;
        await dialog.getByRole('radio', {name: t('revoke_why.lost')}).check();
        await dialog.getByRole('button', {name: t('holders.revoke')}).click();
        await shows(t('holders.now.revoked', {holder: 'tablet-1'}));
        const other = (await calOf('tablet-2', 'kiosk-2026')).cal;
        await page.goto(`${address}/console/holders?cal=${other}`);
        await button(t('holders.revoke')).click();
        await dialog.getByText(t('holders.revoke_room', {revoked: 1, installed: 9, limit: 1})).waitFor();
        await dialog.getByText(like('holders.revoke_next')).waitFor();
        await dialog.getByRole('radio', {name: t('revoke_why.lost')}).check();
        if (await dialog.getByRole('button', {name: t('holders.revoke')}).isEnabled()) return false;
        await button(t('action.cancel')).click();
    });

    await ask('POST', `/v1/cals/${own}/lend`, {to: 'nina', until: `${inDays(30)}T00:00:00Z`});
    return own;
}

// To be played by somebody who may only look.
export async function onlyLooked(page, lent) {
    const {shows} = words(page);
    await expect('who may only look sees the loans, the line and the devices, and nothing to press', async () => {
        await page.goto(`${address}/console/holders?cal=${lent}`);
        await shows(like('because.lent.absence', {to: 'nina'}));
        if ((await page.getByRole('button', {name: anyOf('holders.lend', 'holders.recall')}).count()) > 0) return false;
        await page.goto(`${address}/console/licenses`);
        await shows(tn('line.count', 1));
        await page.goto(`${address}/console/devices?join=1`);
        await page.getByRole('row', {name: /lab-2 lab-1/}).waitFor();
        if ((await page.getByRole('dialog').count()) > 0) return false;
        return (await page.locator('#main').getByRole('button', {name: anyOf('devices.actions', 'devices.join')}).count()) === 0;
    });
}
