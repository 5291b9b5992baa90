// The plays about hosts: a real one that tells of itself, what is found about others with the mend, and the licensing mode
// of several at once. They leave the real one running.
import {joinIn} from './agent.mjs';
import {address, ask, expect, focusSays, words} from './harness.mjs';
import {like, t, tn, word} from './texts.mjs';

const name = 'agent.example.org';
const patient = {timeout: 90_000}; // a page reads anew every ten seconds, and a host tells of itself once a minute
const status = async () => (await ask('GET', '/v1/status')).body;

export async function hosts(page) {
    const {button, heading, shows} = words(page);
    const row = (host) => page.getByRole('row', {name: new RegExp(host.replaceAll('.', '\\.'))});

    await expect('a real host joins with the token, and tells its version, its servers and its clock', async () => {
        await page.goto(`${address}/console/hosts?enrol=1`);
        await button(t('hosts.make_token')).click();
        await joinIn(name, await page.getByRole('textbox', {name: t('hosts.token'), exact: true}).inputValue());
        await button(t('action.done')).click();
        await row(name).getByText((await status()).version, {exact: true}).waitFor(patient);
        await button(name).click();
        await shows(address);
        await shows(`(${word('setting_source', 'file')})`);
        await shows(/* so many seconds */ like('hosts.clock_off', {}, {ends: true}));
        return new URL(page.url()).searchParams.has('host');
    });
    await expect('a host without a mode is found, and the finding leads to the mend', async () => {
        const {host} = (await ask('GET', '/v1/hosts?search=fs-1')).body.hosts[0];
        await ask('PUT', `/v1/hosts/${host}`, {mode: 'not_configured'});
        await page.goto(`${address}/console/hosts?host=${host}`);
        await row('fs-1.example.org').first().getByText(t('finding_short.mode_missing'), {exact: true}).waitFor();
        await shows(t('finding.mode_missing', {host: 'fs-1.example.org'}));
        await page.getByRole('link', {name: t('hosts.mend')}).click();
        await heading(t('mode.title'));
        return page.getByRole('checkbox', {name: t('mode.choose', {host: 'fs-1.example.org'})}).isChecked();
    });
    await expect('the mode of several hosts is set at once, without a mouse, and what came of it has the focus', async () => {
        await page.getByRole('checkbox', {name: t('mode.choose', {host: 'room.example.org'})}).focus();
        await page.keyboard.press('Space');
        await page.getByLabel(t('mode.either'), {exact: true}).focus();
        await page.keyboard.press('Space');
        await page.getByRole('radiogroup', {name: t('mode.preferred')}).getByLabel(t('kind.per_device')).focus();
        await page.keyboard.press('Space');
        await button(tn('mode.save', 2)).focus();
        await page.keyboard.press('Enter');
        await shows(tn('mode.saved', 2));
        await focusSays(page, tn('mode.saved', 2));
        const now = (await ask('GET', '/v1/hosts')).body.hosts.filter((each) => ['fs-1.example.org', 'room.example.org'].includes(each.name));
        for (const {host} of now.filter((each) => each.name === 'room.example.org')) await ask('PUT', `/v1/hosts/${host}`, {mode: 'per_user'});
        return now.length === 2 && now.every(({mode, preferred}) => mode === 'either' && preferred === 'per_device');
    });
    await expect('the mode that is set here reaches the host, which tells where it has it from', async () => {
        const {host} = (await ask('GET', `/v1/hosts?search=${name}`)).body.hosts[0];
        await ask('PUT', `/v1/hosts/${host}`, {mode: 'per_device'});
        await row(name).getByText(`(${word('setting_source', 'license_server')})`).waitFor(patient);
        await row(name).getByText(t('kind.per_device')).waitFor(patient);
    });
    await expect('the license servers are said at the host: the form checks them as they are typed, and makes the command', async () => {
        const servers = page.getByRole('textbox', {name: t('mode.servers_list')});
        await servers.fill('ls1, ls 2');
        await shows(t('mode.servers_bad', {name: 'ls 2'}));
        if ((await page.getByRole('textbox', {name: t('mode.servers_command')}).count()) > 0) return false;
        await servers.fill('ls1, ls2.example.org:7443');
        return (await page.getByRole('textbox', {name: t('mode.servers_command')}).inputValue()) === 'sudo calm host policy edit license_servers enabled ls1,ls2.example.org:7443';
    });
}

// To be played by somebody who may only look.
export async function hostsSeen(page) {
    await expect('who may only look sees how hosts are set, and nothing to set them with', async () => {
        await page.goto(`${address}/console/mode?hosts=1`);
        await words(page).shows(name);
        if ((await page.getByRole('checkbox').count()) > 0) return false;
        return (await page.getByRole('button', {name: like('mode.save')}).count()) === 0;
    });
}
