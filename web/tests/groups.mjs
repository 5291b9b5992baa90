// The plays about groups, the seats that are kept for them, and the host that a per-server pack counts at. They leave
// behind a group with a kept seat.
import {address, ask, expect, words} from './harness.mjs';

const evil = '<img src=x onerror=alert(1)>';

export async function groups(page) {
    const {button, heading, shows} = words(page);
    const dialog = page.getByRole('dialog');
    const {packs} = (await ask('GET', '/v1/packs')).body;
    const floating = packs.find((each) => each.metric === 'concurrent').pack;
    const perServer = packs.find((each) => each.metric === 'per_server').pack;

    await expect('a group begins with its first member; a code that is none is told while it is typed', async () => {
        await page.goto(address);
        await page.getByRole('link', {name: 'Groups'}).click();
        await heading('Groups');
        await shows('There is no group');
        await button('Add a member').click();
        await dialog.getByRole('textbox', {name: 'Group'}).fill('Our engineers');
        await dialog.getByRole('textbox', {name: 'Name'}).fill('ines');
        if (!(await dialog.getByRole('button', {name: 'Add a member'}).isDisabled())) return false;
        await dialog.getByRole('textbox', {name: 'Group'}).fill('engineers');
        await dialog.getByRole('button', {name: 'Add a member'}).click();
        await shows('ines is in the group engineers.');
        await page.getByRole('heading', {level: 2, name: 'engineers'}).waitFor();
        await page.waitForFunction(() => document.activeElement?.textContent?.includes('ines is in the group engineers.'));
        return (await ask('GET', '/v1/groups')).body.groups[0].members[0].name === 'ines';
    });
    await expect('devices join too, and a name that is markup stays a name', async () => {
        for (const [kind, name] of [['device', 'workshop-1'], ['user', evil]]) {
            await button('Add a member to engineers').click();
            await dialog.getByLabel(kind, {exact: true}).check();
            await dialog.getByRole('textbox', {name: 'Name'}).fill(name);
            await dialog.getByRole('button', {name: 'Add a member'}).click();
            await shows(`${name} is in the group engineers.`);
        }
        await page.getByText('3 members', {exact: true}).waitFor();
        return (await page.locator('img[src="x"]').count()) === 0;
    });
    await expect('a member is taken out after a question', async () => {
        await button('Take workshop-1 out of engineers').click();
        await dialog.getByText('A seat that is held stays held.').waitFor();
        await dialog.getByRole('button', {name: 'Take out of the group'}).click();
        await shows('workshop-1 is no longer in the group engineers.');
        await page.getByText('2 members', {exact: true}).waitFor();
    });
    await expect('seats of a pack are kept for the group, from its card', async () => {
        await button('Keep seats for engineers').click();
        await dialog.getByRole('combobox', {name: 'Pack'}).selectOption(String(floating));
        await dialog.getByText('At most 2').waitFor();
        await dialog.getByRole('spinbutton', {name: 'Seats'}).fill('2');
        await dialog.getByRole('button', {name: 'Save'}).click();
        await shows(`2 seats of pack ${floating} are kept for engineers.`);
        await page.getByRole('link', {name: `2 seats of pack ${floating} (cad-2026)`}).waitFor();
    });
    await expect('and changed from the pack, by keyboard alone', async () => {
        await page.goto(`${address}/console/licenses`);
        await shows('2 seats are kept for the group engineers; members use 1 of the pack.');
        await button(`Actions for pack ${floating}`).focus();
        await page.keyboard.press('Enter');
        const item = page.getByRole('menuitem', {name: 'Keep seats for a group'});
        await item.focus();
        await page.keyboard.press('Enter');
        await dialog.getByRole('spinbutton', {name: 'Seats'}).focus();
        await page.keyboard.press('Control+A');
        await page.keyboard.type('1');
        await dialog.getByRole('button', {name: 'Save'}).focus();
        await page.keyboard.press('Enter');
        await shows(`1 seat of pack ${floating} is kept for engineers.`);
        await shows('1 seat is kept for the group engineers;');
        return (await ask('GET', `/v1/packs/${floating}`)).body.reserved[0].seats === 1;
    });
    await expect('a search finds groups by a member, and stands in the address', async () => {
        await page.goto(`${address}/console/groups`);
        await page.getByRole('textbox', {name: 'Group or member'}).fill('INES');
        await page.getByText('1 member', {exact: true}).waitFor();
        await page.getByRole('textbox', {name: 'Group or member'}).fill('nobody');
        await shows('No group and no member fits the search');
        return new URL(page.url()).searchParams.get('search') === 'nobody';
    });
    await expect('a per-server pack is given to a host, and taken back', async () => {
        const give = async (host) => {
            await button(`Actions for pack ${perServer}`).click();
            await page.getByRole('menuitem', {name: 'Give to a host'}).click();
            await dialog.getByLabel('Host').selectOption(host);
            await dialog.getByRole('button', {name: 'Save'}).click();
        };
        await page.goto(`${address}/console/licenses`);
        await give('floor.example.org');
        await shows(`Pack ${perServer} counts at floor.example.org.`);
        await shows('3 persons at a time may use cad-2026 at floor.example.org, on any device.');
        await give('no host');
        await shows(`Pack ${perServer} counts at no host.`);
        return (await ask('GET', `/v1/packs/${perServer}`)).body.host === undefined;
    });
}
