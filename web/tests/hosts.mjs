// The plays about hosts: a real one that tells of itself, what is found about others with the mend, and the licensing mode
// of several at once. They leave the real one running.
import {joinIn} from './agent.mjs';
import {address, ask, expect, words} from './harness.mjs';

const name = 'agent.example.org';
const patient = {timeout: 90_000}; // a page reads anew every ten seconds, and a host tells of itself once a minute
const status = async () => (await ask('GET', '/v1/status')).body;

export async function hosts(page) {
    const {button, heading, shows} = words(page);
    const row = (host) => page.getByRole('row', {name: new RegExp(host.replaceAll('.', '\\.'))});

    await expect('a real host joins with the token, and tells its version, its servers and its clock', async () => {
        await page.goto(`${address}/console/hosts?enrol=1`);
        await button('Make a token').click();
        await joinIn(name, await page.getByRole('textbox', {name: 'Token', exact: true}).inputValue());
        await button('Done').click();
        await row(name).getByText((await status()).version, {exact: true}).waitFor(patient);
        await button(name).click();
        await shows(address);
        await shows('(its host.toml)');
        await shows(/^-?\d s from ledger time$/);
        return new URL(page.url()).searchParams.has('host');
    });
    await expect('a host without a mode is found, and the finding leads to the mend', async () => {
        const {host} = (await ask('GET', '/v1/hosts?search=fs-1')).body.hosts[0];
        await ask('PUT', `/v1/hosts/${host}`, {mode: 'not_configured'});
        await page.goto(`${address}/console/hosts?host=${host}`);
        await row('fs-1.example.org').first().getByText('no mode', {exact: true}).waitFor();
        await shows('fs-1.example.org has no licensing mode');
        await page.getByRole('link', {name: 'Mend it'}).click();
        await heading('Licensing mode and servers');
        return page.getByRole('checkbox', {name: 'Choose fs-1.example.org'}).isChecked();
    });
    await expect('the mode of several hosts is set at once, without a mouse, and what came of it has the focus', async () => {
        await page.getByRole('checkbox', {name: 'Choose room.example.org'}).focus();
        await page.keyboard.press('Space');
        await page.getByLabel('either', {exact: true}).focus();
        await page.keyboard.press('Space');
        await page.getByRole('radiogroup', {name: 'Which is taken first'}).getByLabel('per device').focus();
        await page.keyboard.press('Space');
        await button('Set it for 2 hosts').focus();
        await page.keyboard.press('Enter');
        await shows('The mode of 2 hosts is set.');
        await page.waitForFunction(() => document.activeElement?.textContent?.includes('The mode of 2 hosts is set.'));
        const now = (await ask('GET', '/v1/hosts')).body.hosts.filter((each) => ['fs-1.example.org', 'room.example.org'].includes(each.name));
        for (const {host} of now.filter((each) => each.name === 'room.example.org')) await ask('PUT', `/v1/hosts/${host}`, {mode: 'per_user'});
        return now.length === 2 && now.every(({mode, preferred}) => mode === 'either' && preferred === 'per_device');
    });
    await expect('the mode that is set here reaches the host, which tells where it has it from', async () => {
        const {host} = (await ask('GET', `/v1/hosts?search=${name}`)).body.hosts[0];
        await ask('PUT', `/v1/hosts/${host}`, {mode: 'per_device'});
        await row(name).getByText('(set here)').waitFor(patient);
        await row(name).getByText('per device').waitFor(patient);
    });
    await expect('the license servers are said at the host: the form checks them as they are typed, and makes the command', async () => {
        const servers = page.getByRole('textbox', {name: 'License servers, in the order in which they are asked'});
        await servers.fill('ls1, ls 2');
        await shows('“ls 2” cannot be the name of a server.');
        if ((await page.getByRole('textbox', {name: 'At each host, as its administrator'}).count()) > 0) return false;
        await servers.fill('ls1, ls2.example.org:7443');
        return (await page.getByRole('textbox', {name: 'At each host, as its administrator'}).inputValue()) === 'sudo calm host policy edit license_servers enabled ls1,ls2.example.org:7443';
    });
}

// To be played by somebody who may only look.
export async function hostsSeen(page) {
    await expect('who may only look sees how hosts are set, and nothing to set them with', async () => {
        await page.goto(`${address}/console/mode?hosts=1`);
        await words(page).shows(name);
        if ((await page.getByRole('checkbox').count()) > 0) return false;
        return (await page.getByRole('button', {name: /^Set it/}).count()) === 0;
    });
}
