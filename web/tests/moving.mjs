// The plays about packs that go to another license server and come from one. The other one is a calmd of its own,
// beside that of the plays.
import {spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, ask, expect, must, words} from './harness.mjs';

const desk = process.env.CALM_DESK;
const pack = (name) => readFileSync(join(desk, name), 'utf8');

// Another license server with `coming.pack`. Answers its ID, and what hands the pack over to a server.
export async function another() {
    const socket = join(desk, 'another.sock');
    const config = join(desk, 'another.toml');
    writeFileSync(config, `[data]\ndirectory = "${join(desk, 'another')}"\nreserve_mib = 1\n[listen]\nsocket = "${socket}"\ntls_address = "127.0.0.1"\ntls_port = 0\n`);
    const server = spawn('calmd', ['--config', config], {stdio: 'ignore'});
    process.on('exit', () => server.kill('SIGKILL'));
    for (let i = 0; i < 100; ++i) {
        if (await ask('GET', '/v1/status', undefined, {socket}).then(({status}) => status === 200, () => false)) break;
        await new Promise((go) => setTimeout(go, 100));
    }
    const {license_server_id: id} = await must('GET', '/v1/status', undefined, {socket});
    await must('POST', '/v1/products', {product: 'till-2026', requires: 'activated', overuse: 'refuse', temporary_days: 0}, {socket});
    const {fingerprint} = (await must('POST', '/v1/packs?dry_run=yes', pack('coming.pack'), {socket})).pack;
    await must('POST', '/v1/vendors', pack('coming.pack'), {socket, headers: {'CALM-Fingerprint': fingerprint}});
    const {pack: number} = await must('POST', '/v1/packs', pack('coming.pack'), {socket});
    return {
        id,
        handOver: async (to) => (await must('POST', `/v1/packs/${number}/move`, {to}, {socket})).transfer,
        add: (transfer) => ask('POST', '/v1/packs', transfer, {socket}),
        end: () => server.kill('SIGTERM'),
    };
}

// `page`: somebody who may license. `makeOther` makes another license server.
export async function moving(page, makeOther = another) {
    const {button, heading, shows} = words(page);
    const dialog = page.getByRole('dialog');
    const other = await makeOther();
    await must('POST', '/v1/products', {product: 'till-2026', requires: 'activated', overuse: 'refuse', temporary_days: 0});
    const {pack: number} = await must('POST', '/v1/packs', pack('leaving.pack'));
    const {token} = await must('POST', '/v1/hosts/tokens', {});
    const {host} = await must('POST', '/v1/hosts', {token, name: 'tills.example.org', public_key: '2b'.repeat(32), mode: 'either'});
    await must('PUT', '/v1/settings', {initial_grace_days: 0});
    await must('POST', '/v1/admissions', {product: 'till-2026', device: 'till-1', host});
    const saved = async (download) => {
        const file = join(desk, download.suggestedFilename());
        await download.saveAs(file);
        return readFileSync(file, 'utf8');
    };
    let transfer = '';

    await expect('an identifier is looked at while it is typed, and nothing goes on before it can be one', async () => {
        await page.goto(`${address}/console/licenses`);
        await button(`Actions for pack ${number}`).click();
        await page.getByRole('menuitem', {name: 'Move to another license server'}).click();
        const to = dialog.getByRole('textbox', {name: 'To the license server'});
        const goOn = dialog.getByRole('button', {name: 'Go on'});
        await to.fill(other.id.slice(0, 8));
        await dialog.getByText('7 characters of 35.').waitFor();
        await to.fill(`${other.id.slice(0, -1)}O`);
        await dialog.getByText('Group 7 has O, which never occurs in an ID.').waitFor();
        await to.fill(`${other.id[0] === '2' ? '3' : '2'}${other.id.slice(1)}`);
        await dialog.getByText('Group 1 has a wrong character').waitFor();
        if (!(await goOn.isDisabled())) return false;
        await to.fill(other.id.toLowerCase().replaceAll('-', ' '));
        await goOn.click();
    });
    await expect('what ends here is told before anybody can say yes', async () => {
        await dialog.getByText(other.id).waitFor();
        await dialog.getByText('1 CAL in use: its holder is without it from now on.').waitFor();
        const move = dialog.getByRole('button', {name: 'Move the pack'});
        if (!(await move.isDisabled())) return false;
        await dialog.getByRole('button', {name: 'Cancel'}).click();
        await dialog.waitFor({state: 'detached'});
        return (await ask('GET', '/v1/packs')).body.packs.some((each) => each.pack === number && each.state === 'usable');
    });
    await expect('then the pack goes, and the browser saves the file that carries it', async () => {
        await page.goto(`${address}/console/licenses?ask=move&pack=${number}`);
        await dialog.getByRole('textbox', {name: 'To the license server'}).fill(other.id);
        await page.keyboard.press('Tab');
        await dialog.getByRole('button', {name: 'Go on'}).click();
        await dialog.getByLabel('Yes, the other server is to have the pack').check();
        const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', {name: 'Move the pack'}).click()]);
        transfer = await saved(download);
        await dialog.getByText(`${download.suggestedFilename()} is saved`).waitFor();
        await dialog.getByText('add it like a key pack').waitFor();
        await dialog.getByRole('button', {name: 'Done'}).click();
        return download.suggestedFilename().endsWith('.transfer') && transfer.startsWith('-----BEGIN CALM PACK TRANSFER-----');
    });
    await expect('it stands among those that moved, and the same file is had again', async () => {
        const row = page.getByRole('grid', {name: 'Moved to other servers'}).getByRole('row', {name: new RegExp(`till-2026 per device 4 ${other.id}`)});
        await row.getByRole('button', {name: `Download the transfer again: pack ${number}`}).click();
        const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', {name: 'Download the transfer again'}).click()]);
        await dialog.waitFor({state: 'detached'});
        return (await saved(download)) === transfer && (await button(`Actions for pack ${number}`).count()) === 0;
    });
    await expect('the other license server takes it', async () => (await other.add(transfer)).status === 201);

    await expect('a transfer is added like a pack, and says where it comes from', async () => {
        const {license_server_id: here} = (await ask('GET', '/v1/status')).body;
        await page.goto(`${address}/console/add`);
        const text = page.getByRole('textbox', {name: 'Key pack'});
        const coming = await other.handOver(here);
        await text.fill(coming.split('-----END')[0]);
        await shows('It ends with its line -----END CALM PACK TRANSFER-----.');
        await text.fill(coming);
        await shows(`Handed over by the license server ${other.id}.`);
        if ((await page.getByLabel('This pack comes from another license server that cannot hand it over').count()) > 0) return false;
        await page.getByRole('button', {name: /^Add \d+ CALs$/}).click();
        await page.getByRole('heading', {name: /CALs for .* are ready/}).waitFor();
        await button('See the licenses').click();
        await heading('Licenses');
        await shows(`Handed over by the license server ${other.id}.`);
    });
    await expect('a pack of a server that is no more is added with its identifier and a warning', async () => {
        await page.goto(`${address}/console/add`);
        await page.getByRole('textbox', {name: 'Key pack'}).fill(pack('orphan.pack'));
        await page.getByLabel('This pack comes from another license server that cannot hand it over').check();
        await shows('The other server must not use the pack any more');
        if (!(await page.getByRole('button', {name: /^Add/, exact: false}).last().isDisabled())) return false;
        await page.getByRole('textbox', {name: 'The other license server'}).fill(other.id);
        await page.getByLabel('It is no more').check();
        await shows(`From the license server ${other.id}, which is no more.`);
        await button('Add 2 CALs').click();
        await shows('2 CALs for till-2026 are ready');
        const found = (await ask('GET', '/v1/packs')).body.packs.find((each) => each.moved_from?.source === 'dead');
        return found?.moved_from.server === other.id;
    });
    other.end();
}
