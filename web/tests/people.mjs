// The plays about what is kept of a person: looked at, downloaded, forgotten.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, ask, expect, words} from './harness.mjs';

const desk = process.env.CALM_DESK;

export async function people(page) {
    const {button, heading, shows} = words(page);
    const dialog = page.getByRole('dialog');
    await ask('POST', '/v1/admissions', {product: 'files-2026', user: 'lena', host: 1});
    // That somebody used something is written some seconds later.
    const kept = async () => (await ask('POST', '/v1/subjects/export', {kind: 'user', name: 'lena'})).body;
    for (let i = 0; i < 150 && (await kept()).usage.length === 0; ++i) await new Promise((done) => setTimeout(done, 100));
    const search = async (name) => {
        await page.getByRole('textbox', {name: 'Whole name of the user or device'}).fill(name);
        await page.keyboard.press('Enter');
    };

    await expect('what is kept about a person is looked up by the whole name, which stays in the address', async () => {
        await page.goto(`${address}/console/people`);
        await heading('People');
        await shows('About whom?');
        await search('len');
        await shows('Nothing is kept under this name');
        await search('lena');
        await page.getByRole('heading', {level: 2, name: 'lena'}).waitFor();
        await shows('1 held, 1 in all');
        await page.getByRole('grid', {name: 'CALs'}).getByRole('link', {name: 'files-2026'}).waitFor();
        return new URL(page.url()).searchParams.get('name') === 'lena';
    });
    await expect('all of it is downloaded as the API tells it', async () => {
        const [download] = await Promise.all([page.waitForEvent('download'), button('Download everything (JSON)').click()]);
        const file = join(desk, download.suggestedFilename());
        await download.saveAs(file);
        const {body} = await ask('POST', '/v1/subjects/export', {kind: 'user', name: 'lena'});
        if (download.suggestedFilename() !== `user-${body.subject}.json`) throw new Error(download.suggestedFilename());
        return JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) === JSON.stringify(body);
    });
    await expect('forgetting says what goes and what stays, and nothing happens before the name is typed', async () => {
        await button('Forget the name').click();
        await dialog.getByText('1 CAL is returned; its seat is free at once.').waitFor();
        await dialog.getByText('It knows number').waitFor();
        if (!(await dialog.getByRole('button', {name: 'Go on'}).isDisabled())) return false;
        await dialog.getByLabel('I have read this.').check();
        if (!(await dialog.getByRole('button', {name: 'Go on'}).isDisabled())) return false;
        await dialog.getByLabel('The person asked for it').check();
        await dialog.getByRole('button', {name: 'Go on'}).click();
        const name = dialog.getByRole('textbox', {name: 'Write the name to confirm: lena'});
        await name.fill('lenA');
        if (!(await dialog.getByRole('button', {name: 'Forget the name'}).isDisabled())) return false;
        await dialog.getByRole('button', {name: 'Cancel'}).click();
        return (await ask('POST', '/v1/subjects/export', {kind: 'user', name: 'lena'})).status === 200;
    });
    await expect('then the name is forgotten, by keyboard alone, and the log goes on proving itself', async () => {
        await button('Forget the name').focus();
        await page.keyboard.press('Enter');
        await dialog.getByLabel('They are gone for good').focus();
        await page.keyboard.press('Space');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Space');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.keyboard.type('lena');
        await dialog.getByRole('button', {name: 'Forget the name'}).focus();
        await page.keyboard.press('Enter');
        await shows('The name is forgotten.');
        await page.waitForFunction(() => document.activeElement?.textContent?.includes('The name is forgotten.'));
        if ((await ask('POST', '/v1/subjects/export', {kind: 'user', name: 'lena'})).status !== 404) return false;
        await search('lena');
        await shows('Nothing is kept under this name');
        await page.goto(`${address}/console/audit`);
        await page.getByRole('row', {name: /Holder erased .*why left/}).first().waitFor();
        await button('Verify the log').click();
        await shows('Everything fits');
    });
    await expect('a device is looked up too', async () => {
        await page.goto(`${address}/console/people?kind=device&name=kiosk-1`);
        await page.getByRole('heading', {level: 2, name: 'kiosk-1'}).waitFor();
        await page.getByLabel('Kind').selectOption('user');
        await shows('Nothing is kept under this name');
    });
}
