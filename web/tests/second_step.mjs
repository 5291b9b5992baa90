// The plays about the second step at sign-in: turned on with an app, asked for, turned off for somebody who lost it.
import {createHmac} from 'node:crypto';
import {violations} from './accessible.mjs';
import {address, ask, expect, words} from './harness.mjs';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

// What an app on a phone shows for a secret in base32 (RFC 6238), so many steps of 30 seconds from now.
function totp(secret, steps = 0) {
    const bits = [...secret].map((each) => letters.indexOf(each).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((each) => parseInt(each, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const mac = createHmac('sha1', key).update(counter).digest();
    return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function accessible(page) {
    const found = await violations(page);
    if (found.length > 0) throw new Error(found.join('\n'));
}

// Somebody with a second step, set up over the API.
export async function withSecondStep(account, password) {
    await ask('POST', '/v1/accounts', {account, role: 'operator', password});
    const {token} = (await ask('POST', '/v1/session', {account, password})).body;
    const headers = {Authorization: `Bearer ${token}`};
    const {secret} = (await ask('POST', '/v1/session/second-factor', {password}, {headers})).body;
    await ask('POST', '/v1/session/second-factor/confirm', {code: totp(secret)}, {headers});
}

export async function secondStep(page, password) {
    const {button, heading, shows} = words(page);
    const dialog = page.getByRole('dialog');
    let secret = '';
    let recovery = [];
    const leave = async (menu = 'Your account: anna', item = 'Sign out') => {
        await button(menu).click();
        await page.getByRole('menuitem', {name: item}).click();
    };
    const give = async ([account, word], [accountLabel, wordLabel]) => {
        // The account's menu is labelled much alike.
        await page.getByRole('textbox', {name: accountLabel, exact: true}).fill(account);
        await page.getByLabel(wordLabel).fill(word);
        await page.keyboard.press('Enter');
    };

    await expect('a second step is turned on: password, secret, first code, recovery codes, by keyboard alone', async () => {
        await page.goto(`${address}/console/settings`);
        await button('Turn on').focus();
        await page.keyboard.press('Enter');
        await dialog.getByLabel('Password').focus();
        await page.keyboard.type(password);
        await dialog.getByRole('button', {name: 'Go on'}).focus();
        await page.keyboard.press('Enter');
        await dialog.getByRole('img', {name: 'QR code of the secret'}).waitFor();
        secret = await dialog.getByRole('textbox', {name: 'Or type this secret'}).inputValue();
        if (!/^[A-Z2-7]{32}$/.test(secret)) throw new Error(secret);
        await accessible(page);
        await dialog.getByLabel('Code that the app shows now').focus();
        await page.keyboard.type(totp(secret));
        await dialog.getByRole('button', {name: 'Confirm'}).focus();
        await page.keyboard.press('Enter');
        await dialog.getByRole('heading', {name: 'Recovery codes'}).waitFor();
        recovery = await dialog.getByRole('listitem').allTextContents();
        if (recovery.length !== 10 || new Set(recovery).size !== 10) throw new Error(recovery.join());
        await accessible(page);
        await dialog.getByRole('button', {name: 'I have kept them'}).focus();
        await page.keyboard.press('Enter');
        await shows('10 recovery codes are left.');
    });
    let used = '';
    await expect('then the password leads to the code, and a code leads Home', async () => {
        await leave();
        await heading('Sign in');
        await give(['anna', password], ['Account', 'Password']);
        await shows('anna has a second step.');
        await accessible(page);
        used = totp(secret, 1);
        await page.getByLabel('Code').fill(used);
        await page.keyboard.press('Enter');
        await button('Your account: anna').waitFor();
    });
    await expect('in French too; a code that was used does not count, a recovery code does', async () => {
        await page.goto(address);
        await button('Français').click();
        await leave('Votre compte : anna', 'Se déconnecter');
        await give(['anna', password], ['Compte', 'Mot de passe']);
        await shows('anna a une seconde étape.');
        await accessible(page);
        await page.getByLabel('Code').fill(used);
        await page.keyboard.press('Enter');
        await shows('Ce code ne compte pas');
        await page.getByLabel('Code').fill(recovery[0].toLowerCase());
        await page.keyboard.press('Enter');
        await heading('Accueil');
        await page.goto(`${address}/console/settings`);
        await shows('Il reste 9 codes de secours.');
        await button('English').click();
        await heading('Settings');
    });
    await expect('an owner turns it off for somebody who lost it, and it is told by whom', async () => {
        await withSecondStep('tess', password);
        await page.reload();
        await button('Actions for tess').click();
        await page.getByRole('menuitem', {name: 'Turn off the second step'}).click();
        await accessible(page);
        await dialog.getByRole('button', {name: 'Turn off'}).click();
        await page.getByRole('row', {name: /tess .* turned off on .* by anna/}).waitFor();
        if ((await ask('POST', '/v1/session', {account: 'tess', password})).status !== 200) return false;
        await page.goto(`${address}/console/audit`);
        await page.getByRole('row', {name: /Second step turned off/}).first().waitFor();
        return (await ask('DELETE', '/v1/accounts/tess')).status === 204;
    });
    await expect('and one turns off the own one, with a code', async () => {
        await page.goto(`${address}/console/settings`);
        await button('Turn off').click();
        await dialog.getByLabel('Code').fill(recovery[1]);
        await accessible(page);
        await dialog.getByRole('button', {name: 'Turn off'}).click();
        await dialog.waitFor({state: 'detached'});
        await button('Turn on').waitFor();
        await page.waitForFunction(() => document.activeElement?.textContent === 'Second step at sign-in');
    });
}
