// The plays: what people do in the console, from an empty license server on. Each leaves behind what the next
// one needs.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {check} from './accessible.mjs';
import {address, ask, expect, finish, person} from './harness.mjs';

const desk = process.env.CALM_DESK;
const pack = (name) => readFileSync(join(desk, name), 'utf8');
const password = 'correct horse battery';
const {page, context, complaints} = await person();

const heading = (name) => page.getByRole('heading', {level: 1, name, exact: true}).waitFor();
const button = (name) => page.getByRole('button', {name, exact: true});
const shows = (text) => page.getByText(text).first().waitFor();

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
    await page.getByLabel('Key pack').fill(pack('altered.pack'));
    await shows('The key pack was altered');
    return button('Add').isDisabled();
});
await expect('a pack says what it is, and whom to trust by fingerprint', async () => {
    await page.getByLabel('Key pack').fill(pack('five.pack'));
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
    await page.getByLabel('Key pack').fill(pack('five.pack'));
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
    await page.getByRole('textbox', {name: 'Name of a user or device'}).fill('chloe');
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

// --- every page, both languages and themes: axe, no sideways scroll, nothing cut off
await check(context, ['/', '/console/add', '/console/licenses', '/console/holders', '/console/holders?cal=1', '/console/hosts', '/console/products', '/console/audit', '/console/settings', '/console/nowhere']);

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
    await page.goto(`${address}/console/audit`);
    await shows('There is no such page');
    await page.goto(`${address}/console/hosts`);
    await shows('fs-1.example.org');
    return (await page.getByRole('button', {name: 'Actions for fs-1.example.org'}).count()) === 0;
});
await expect('a session that the server ended asks to sign in, and goes on where it was', async () => {
    await ask('DELETE', '/v1/accounts/vera');
    await page.getByRole('link', {name: 'Holders'}).click();
    await shows('Your session is over');
    await signIn('anna');
    await heading('Holders');
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
