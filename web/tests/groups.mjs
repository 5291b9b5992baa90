// The plays about groups, the seats that are kept for them, and the host that a per-server pack counts at. They leave
// behind a group with a kept seat.
import {address, ask, expect, focusSays, words} from './harness.mjs';
import {t, tn, word} from './texts.mjs';

const evil = '<img src=x onerror=alert(1)>';

export async function groups(page) {
    const {button, heading, shows} = words(page);
    const dialog = page.getByRole('dialog');
    const {packs} = (await ask('GET', '/v1/packs')).body;
    const floating = packs.find((each) => each.metric === 'concurrent').pack;
    const perServer = packs.find((each) => each.metric === 'per_server').pack;

    await expect('a group begins with its first member; a code that is none is told while it is typed', async () => {
        await page.goto(address);
        await page.getByRole('link', {name: t('groups.title')}).click();
        await heading(t('groups.title'));
        await shows(t('groups.none'));
        await button(t('groups.add')).click();
        await dialog.getByRole('textbox', {name: t('groups.group')}).fill('Our engineers');
        await dialog.getByRole('textbox', {name: t('stations.name')}).fill('ines');
        if (!(await dialog.getByRole('button', {name: t('groups.add')}).isDisabled())) return false;
        await dialog.getByRole('textbox', {name: t('groups.group')}).fill('engineers');
        await dialog.getByRole('button', {name: t('groups.add')}).click();
        await shows(t('groups.joined', {name: 'ines', group: 'engineers'}));
        await page.getByRole('heading', {level: 2, name: 'engineers'}).waitFor();
        await focusSays(page, t('groups.joined', {name: 'ines', group: 'engineers'}));
        return (await ask('GET', '/v1/groups')).body.groups[0].members[0].name === 'ines';
    });
    await expect('devices join too, and a name that is markup stays a name', async () => {
        for (const [kind, name] of [['device', 'workshop-1'], ['user', evil]]) {
            await button(t('groups.add_to', {group: 'engineers'})).click();
            await dialog.getByLabel(word('holder_kind', kind), {exact: true}).check();
            await dialog.getByRole('textbox', {name: t('stations.name')}).fill(name);
            await dialog.getByRole('button', {name: t('groups.add')}).click();
            await shows(t('groups.joined', {name, group: 'engineers'}));
        }
        await page.getByText(tn('groups.members', 3), {exact: true}).waitFor();
        return (await page.locator('img[src="x"]').count()) === 0;
    });
    await expect('a member is taken out after a question', async () => {
        await button(t('groups.leave_of', {name: 'workshop-1', group: 'engineers'})).click();
        await dialog.getByText(t('groups.leave_body')).waitFor();
        await dialog.getByRole('button', {name: t('groups.leave')}).click();
        await shows(t('groups.left', {name: 'workshop-1', group: 'engineers'}));
        await page.getByText(tn('groups.members', 2), {exact: true}).waitFor();
    });
    await expect('seats of a pack are kept for the group, from its card', async () => {
        await button(t('groups.keep_for', {group: 'engineers'})).click();
        await dialog.getByRole('combobox', {name: t('fact.pack')}).selectOption(String(floating));
        await dialog.getByText(tn('groups.at_most', 2)).waitFor();
        await dialog.getByRole('spinbutton', {name: t('groups.seats')}).fill('2');
        await dialog.getByRole('button', {name: t('action.save')}).click();
        await shows(tn('groups.kept', 2, {pack: floating, group: 'engineers'}));
        await page.getByRole('link', {name: tn('groups.kept_of', 2, {pack: floating, product: 'cad-2026'})}).waitFor();
    });
    await expect('and changed from the pack, by keyboard alone', async () => {
        await page.goto(`${address}/console/licenses`);
        await shows(`${tn('licenses.reserved', 2, {group: 'engineers'})} ${tn('licenses.reserved_used', 1)}`);
        await button(t('licenses.actions', {pack: floating})).focus();
        await page.keyboard.press('Enter');
        const item = page.getByRole('menuitem', {name: t('groups.keep')});
        await item.focus();
        await page.keyboard.press('Enter');
        await dialog.getByRole('spinbutton', {name: t('groups.seats')}).focus();
        await page.keyboard.press('Control+A');
        await page.keyboard.type('1');
        await dialog.getByRole('button', {name: t('action.save')}).focus();
        await page.keyboard.press('Enter');
        await shows(tn('groups.kept', 1, {pack: floating, group: 'engineers'}));
        await shows(tn('licenses.reserved', 1, {group: 'engineers'}));
        return (await ask('GET', `/v1/packs/${floating}`)).body.reserved[0].seats === 1;
    });
    await expect('a search finds groups by a member, and stands in the address', async () => {
        await page.goto(`${address}/console/groups`);
        await page.getByRole('textbox', {name: t('groups.search')}).fill('INES');
        await page.getByText(tn('groups.members', 1), {exact: true}).waitFor();
        await page.getByRole('textbox', {name: t('groups.search')}).fill('nobody');
        await shows(t('groups.none_found'));
        return new URL(page.url()).searchParams.get('search') === 'nobody';
    });
    await expect('a per-server pack is given to a host, and taken back', async () => {
        const give = async (host) => {
            await button(t('licenses.actions', {pack: perServer})).click();
            await page.getByRole('menuitem', {name: t('give.give')}).click();
            await dialog.getByLabel(t('fact.host')).selectOption(host);
            await dialog.getByRole('button', {name: t('action.save')}).click();
        };
        await page.goto(`${address}/console/licenses`);
        await give('floor.example.org');
        await shows(t('give.given', {pack: perServer, host: 'floor.example.org'}));
        await shows(tn('allows.per_server.per_user', 3, {products: 'cad-2026', host: 'floor.example.org'}));
        await give(t('give.none'));
        await shows(t('give.to_none', {pack: perServer}));
        return (await ask('GET', `/v1/packs/${perServer}`)).body.host === undefined;
    });
}
