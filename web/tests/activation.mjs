// The plays about activation, product keys and codes that are read out, with a vendor's clearinghouse that answers. They
// leave behind a vendor that has not activated this server, with a request code that nobody has answered.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {clearinghouse} from './clearinghouse.mjs';
import {address, ask, expect, words} from './harness.mjs';

const desk = process.env.CALM_DESK;
const vendor = 'Fabrikam <i>Ltd</i>';
const product = 'sales-2026';
const fr = JSON.parse(readFileSync(new URL('../../i18n/fr.json', import.meta.url), 'utf8')).console;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]).replace(/ ([;:!?%»])/g, '\u00a0$1');

const must = async (...asked) => {
    const answer = await ask(...asked);
    if (answer.status >= 300) throw new Error(`${asked[0]} ${asked[1]}: ${JSON.stringify(answer)}`);
    return answer.body;
};
const here = async () => (await must('GET', '/v1/activations')).vendors.find((each) => each.vendor === vendor);
const state = async () => (await here()).state;
const other = (character) => (character === '2' ? '3' : '2');

async function saved(download) {
    const file = join(desk, download.suggestedFilename());
    await download.saveAs(file);
    return readFileSync(file, 'utf8');
}

// Puts a text where somebody would paste it.
async function paste(field, text) {
    await field.focus();
    await field.evaluate((element, pasted) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        element.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
    }, text);
}

async function trusting(page, house) {
    const {button, heading, shows} = words(page);
    const dialog = page.getByRole('dialog');
    await expect('a vendor is trusted by its file, after its fingerprint was compared', async () => {
        await page.goto(address);
        await page.getByRole('navigation').getByRole('link', {name: 'Activate this server'}).click();
        await heading('Activate this server');
        const {license_server_id: id} = await must('GET', '/v1/activations');
        if ((await page.getByRole('textbox', {name: 'License server ID'}).inputValue()) !== id) return false;
        await button("Add a vendor's file").click();
        const text = dialog.getByRole('textbox', {name: "The vendor's file"});
        await text.fill(house.vendorFile.replace('v4.public.', 'v4.public.A'));
        await dialog.getByText("This is no vendor's file.").waitFor();
        await text.fill(house.vendorFile);
        await dialog.getByText(house.fingerprint).waitFor();
        const trust = dialog.getByRole('button', {name: `Trust ${vendor}`});
        if (!(await trust.isDisabled())) return false;
        await dialog.getByLabel('I have compared the fingerprint').check();
        await trust.click();
        await shows(`The file of ${vendor} is added.`);
        await page.getByText(house.address).waitFor();
        return (await page.locator('#main i').count()) === 0;
    });
    await expect('the same file again only says that it brings nothing to compare', async () => {
        await button("Add a vendor's file").click();
        await dialog.getByRole('textbox', {name: "The vendor's file"}).fill(house.vendorFile);
        await dialog.getByText(`${vendor} is trusted here already.`).waitFor();
        await dialog.getByRole('button', {name: 'Cancel'}).click();
        await dialog.waitFor({state: 'detached'});
    });
}

async function online(page) {
    const {button, shows} = words(page);
    await expect('a server is activated online, and what came of it is told', async () => {
        await button(`Activate: ${vendor}`).click();
        await page.getByRole('heading', {name: `Activate with ${vendor}`}).waitFor();
        if (!(await page.getByLabel('Online').isChecked())) return false;
        await page.getByRole('textbox', {name: 'Company'}).fill('Contoso');
        await page.getByRole('textbox', {name: 'Country'}).fill('FR');
        await button('Activate now').click();
        await shows(`${vendor} has activated this server`);
        await page.waitForFunction(() => document.activeElement?.textContent?.includes('has activated this server'));
        await shows(/^Activated until .* 202\d\.$/);
        return (await state()) === 'activated';
    });
}

async function keys(page, house) {
    const {button, shows} = words(page);
    const [first, second] = await house.keys(product, 3, 2);
    const unsold = readFileSync(new URL('../../tests/fuzz/corpus/codes/product_key', import.meta.url), 'utf8').trim();
    const group = (key, number) => page.getByRole('textbox', {name: `Product key ${key}, group ${number} of 5`});
    const redeem = page.getByRole('button', {name: /^Redeem/});
    await expect('a product key is checked group by group while it is typed', async () => {
        await page.goto(`${address}/console/add`);
        await page.getByLabel('Product keys').check();
        await group(1, 1).focus();
        await page.keyboard.type(first.slice(0, 4) + other(first[4]));
        await shows(`Group 1 (${first.slice(0, 4)}${other(first[4])}) has a wrong character`);
        if ((await group(1, 1).getAttribute('aria-invalid')) !== 'true') return false;
        await page.keyboard.press('Backspace');
        await page.keyboard.type('O');
        await shows('Group 1 has O, which never occurs in a code.');
        await page.keyboard.press('Backspace');
        await page.keyboard.type(first.slice(4).replaceAll('-', '').toLowerCase());
        await shows('Every group is right.');
        return (await group(1, 5).inputValue()) === first.slice(-5) && (await redeem.isEnabled());
    });
    await expect('backspace leads back into the group before', async () => {
        for (let i = 0; i < 6; ++i) await page.keyboard.press('Backspace');
        await page.keyboard.press('Backspace');
        await shows('3 groups of 5 are right.');
        if (await redeem.isEnabled()) return false;
        await paste(group(1, 4), first);
        await shows('Every group is right.');
    });
    await expect('several keys are pasted at once, and the same one twice is noticed', async () => {
        await paste(group(1, 1), `${first}\n${second}\n${first}\n`);
        await shows('A key stands here twice.');
        if (await redeem.isEnabled()) return false;
        await button('Take product key 3 out').click();
        await button('Redeem 2 keys').waitFor();
    });
    await expect('they are redeemed online, and their packs are there', async () => {
        await button('Redeem 2 keys').click();
        await shows('What came of the product keys');
        await shows(/^2 packs were installed: \d+, \d+\.$/);
        const {packs} = await must('GET', '/v1/packs');
        return packs.filter((each) => each.product === product && each.state === 'usable' && each.activation).length === 2;
    });
    await expect('a key that nobody sold is refused, and why is told', async () => {
        await button('More product keys').click();
        await page.getByLabel('Product keys').check();
        await paste(group(1, 1), unsold.slice(0, -1) + other(unsold.at(-1)));
        await shows(/^Group 5 \(.*\) has a wrong character/);
        await paste(group(1, 1), unsold);
        await button('Redeem the key').click();
        await shows('The clearinghouse refused');
    });
    await expect('a request file for keys is saved, shown for a camera, and its answer taken', async () => {
        const [third] = await house.keys(product, 4, 1);
        await paste(group(1, 1), third);
        const [download] = await Promise.all([page.waitForEvent('download'), button('Make a request file').click()]);
        await page.getByRole('img', {name: 'The request as a QR code'}).waitFor();
        await page.getByRole('textbox', {name: "The clearinghouse's answer"}).fill(await house.answer(await saved(download)));
        await button('Take the answer').click();
        await shows(/^Pack \d+ was installed\.$|^\d packs were installed: /);
        return (await must('GET', '/v1/packs')).packs.some((each) => each.product === product && each.quantity === 4);
    });
}

// Between them and the next play the server is as it was: what the vendor had is fetched.
async function packOfAgreement(page, house) {
    const {button, shows} = words(page);
    await expect('packs of an agreement are drawn by the vendor for this very server, and fetched', async () => {
        const {license_server_id: server} = await must('GET', '/v1/status');
        await page.goto(`${address}/console/add?way=program`);
        await page.getByRole('combobox', {name: 'Product'}).selectOption(product);
        await page.getByRole('spinbutton', {name: 'Quantity'}).fill('6');
        await page.getByRole('textbox', {name: 'Enrollment number'}).fill('1234567');
        const order = await page.getByRole('textbox', {name: 'What to tell the vendor'}).inputValue();
        if (order !== `Agreement Select 1234567: 6 CALs per user for ${product}, for the license server ${server}`) throw new Error(order);
        const {customer} = await house.must('POST', '/v1/customers', {name: 'Contoso'});
        const {order: number} = await house.must('POST', '/v1/orders', {customer, product, kind: 'per_user', quantity: 50, channel: 'volume', agreement: 'select:1234567'});
        await house.must('POST', '/v1/packs', {server, order: number, quantity: 6});
        await button('Fetch the packs').click();
        await shows('What the clearinghouse had for this server');
        await shows(/^Pack \d+ was installed\.$/);
        await page.waitForFunction(() => document.activeElement?.textContent?.includes('What the clearinghouse had'));
        const drawn = (await must('GET', '/v1/packs')).packs.find((each) => each.agreement_number === '1234567' && each.product === product);
        return drawn.quantity === 6 && drawn.agreement_program === 'select';
    });
}

async function packByPhone(page, house) {
    const {button, shows} = words(page);
    await expect('a pack that is read out holds for what was agreed only', async () => {
        const {license_server_id: server} = await must('GET', '/v1/status');
        const {code} = await house.must('POST', '/v1/readouts/pack', {server, product, kind: 'per_device', quantity: 7, until: '2099-12-01T00:00:00Z'});
        await page.goto(`${address}/console/add?way=phone`);
        await shows(server.slice(0, 5));
        await page.getByRole('combobox', {name: 'Product'}).selectOption(product);
        await page.getByRole('combobox', {name: 'Kind'}).selectOption('per device');
        await page.getByLabel('Last day').fill('2099-11-30');
        await paste(page.getByRole('textbox', {name: 'Pack code, group 20 of 28'}), code.toLowerCase().replaceAll('-', ' '));
        await shows('Every group is right.');
        await button('Add 5 CALs').click();
        await shows('The code is not the answer to this');
        await page.getByRole('spinbutton', {name: 'Quantity'}).fill('7');
        await button('Add 7 CALs').click();
        await shows(`7 CALs for ${product} are ready`);
    });
}

async function takenBack(page, house) {
    const {button, shows} = words(page);
    await expect('what the vendor has taken back is told as soon as it is asked', async () => {
        const {pack, document} = (await must('GET', '/v1/packs')).packs.find((each) => each.product === product && each.quantity === 7);
        await house.must('POST', `/v1/packs/${document}/revoke`, {why: 'not paid'});
        await page.goto(`${address}/console/activation`);
        await button(`Ask for news now: ${vendor}`).click();
        await shows(`Pack ${pack} was taken back by the vendor.`);
        await page.locator('#main').getByRole('link', {name: 'See the licenses'}).click();
        await page.getByRole('row', {name: new RegExp(`^${pack} .*taken back by the vendor`)}).waitFor();
    });
}

async function givenUp(page, house) {
    const {button, shows} = words(page);
    const dialog = page.getByRole('dialog');
    await expect('a certificate is given up after a question, with the file for the clearinghouse', async () => {
        await page.goto(`${address}/console/activation`);
        await button(`Deactivate: ${vendor}`).click();
        await dialog.getByText('Who holds a CAL keeps it to its end.').waitFor();
        if ((await state()) !== 'activated') return false;
        const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', {name: 'Deactivate'}).click()]);
        const request = await saved(download);
        await dialog.getByText(`${download.suggestedFilename()} is saved`).waitFor();
        await dialog.getByRole('button', {name: 'Done'}).click();
        await dialog.waitFor({state: 'detached'});
        await shows('The certificate was given up.');
        await house.answer(request);
        return (await state()) === 'ended' && request.startsWith('-----BEGIN CALM ACTIVATION REQUEST-----');
    });
    await expect('Home says so, and leads to where it is mended', async () => {
        await page.goto(address);
        await page.getByRole('list', {name: 'What needs attention'}).getByText(`The activation by ${vendor} has ended`).waitFor();
        await page.getByRole('list', {name: 'What needs attention'}).getByRole('link', {name: 'Activate this server'}).click();
        await shows('The certificate was given up.');
        await page.goto(`${address}/console/licenses`);
        await page.getByRole('link', {name: 'Activate', exact: true}).first().waitFor();
    });
}

async function byFile(page, house) {
    const say = (text, values = {}) => filled(text, values);
    const texts = fr.activation;
    const button = (name) => page.getByRole('button', {name, exact: true});
    const shows = (text) => page.getByText(text).first().waitFor();
    await expect('in French: a request is made as a file, and for a camera', async () => {
        await page.goto(`${address}/console/activation`);
        await button('Français').click();
        await page.getByRole('heading', {level: 1, name: say(texts.title)}).waitFor();
        await button(say(texts.does_of, {does: texts.again, vendor})).click();
        await page.getByLabel(say(texts.way.file)).check();
        await page.getByLabel(say(texts.reason.server_upgraded)).check();
        const [download] = await Promise.all([page.waitForEvent('download'), button(say(texts.make_request)).click()]);
        await page.getByRole('img', {name: say(texts.request_qr)}).waitFor();
        const answer = await house.answer(await saved(download));
        const field = page.getByRole('textbox', {name: say(texts.answer)});
        await field.fill(answer.replace(/(BEGIN CALM ACTIVATION-----\n[^\n]{70})./, '$1_').replace(/(BEGIN CALM ACTIVATION-----\n[^\n]{20})./, (_, head) => `${head}_`));
        await button(say(texts.take)).click();
        await page.getByRole('link', {name: say(fr.action.what_to_do)}).waitFor();
        if ((await state()) !== 'ended') return false;
        await field.fill(answer);
        await button(say(texts.take)).click();
        await shows(say(texts.taken.activated, {vendor}));
        return (await state()) === 'activated';
    });
    await expect('the same answer again is refused, and so is one that is none', async () => {
        await button(say(texts.does_of, {does: texts.again, vendor})).click();
        await page.getByLabel(say(texts.way.file)).check();
        await page.getByRole('textbox', {name: say(texts.answer)}).fill('-----BEGIN CALM HELLO-----\nx\n-----END CALM HELLO-----\n');
        await button(say(texts.take)).click();
        await page.locator('a[href="/problems/activation_malformed"]').waitFor();
    });
}

async function byPhone(page, house) {
    const texts = fr.activation;
    const button = (name) => page.getByRole('button', {name, exact: true});
    const shows = (text) => page.getByText(text).first().waitFor();
    const {key} = await here();
    await expect('in French: two codes are read out, and what is read back is checked while it is typed', async () => {
        await must('POST', '/v1/activations/deactivate', {vendor: key});
        await page.goto(`${address}/console/activation?vendor=${encodeURIComponent(key)}&way=phone`);
        await shows(filled(texts.no_code_yet, {}));
        await button(texts.make_code).click();
        await shows(filled(texts.code_from, {at: ''}).slice(0, 12));
        const [request] = (await here()).requests;
        for (const each of request.code.split('-')) await page.locator('.calm-read-out').getByText(each, {exact: true}).waitFor();
        const {license_server_id: server} = await must('GET', '/v1/status');
        const {code} = await house.must('POST', '/v1/readouts/activation', {server, request_code: request.code});
        const activate = button(texts.go_phone);
        const group = (number) => page.getByRole('textbox', {name: `${texts.code}, groupe ${number} sur 28`});
        const wrong = code.slice(0, 14) + other(code[14]) + code.slice(15);
        await paste(group(1), wrong);
        await shows('Le groupe 3 (');
        if (await activate.isEnabled()) return false;
        await group(3).fill(code.split('-')[2]);
        await shows(filled(fr.code.whole, {}));
        await activate.click();
        await shows(filled(texts.taken.activated, {vendor}));
        return (await state()) === 'activated';
    });
    await page.getByRole('button', {name: 'English', exact: true}).click();
    await must('POST', '/v1/activations/deactivate', {vendor: key});
    await must('POST', '/v1/activations/requests', {vendor: key, purpose: 'reactivate', why: 'redeployed'});
    return key;
}

// `page`: an owner. Answers the vendor's key.
export async function activation(page) {
    const house = await clearinghouse(vendor);
    await house.must('POST', '/v1/products', {product, requires: 'activated', overuse: 'refuse', temporary_days: 0});
    await must('POST', '/v1/products', {product, requires: 'activated', overuse: 'refuse', temporary_days: 0});
    await trusting(page, house);
    await online(page);
    await keys(page, house);
    await packOfAgreement(page, house);
    await packByPhone(page, house);
    await takenBack(page, house);
    await givenUp(page, house);
    await byFile(page, house);
    const key = await byPhone(page, house);
    house.end();
    return key;
}

// Whoever only looks sees the state, and nothing to press.
export async function activationSeen(page) {
    await expect('a viewer sees by whom the server is activated, and cannot change it', async () => {
        await page.goto(`${address}/console/activation?file=1&vendor=${encodeURIComponent((await here()).key)}`);
        await words(page).shows('The certificate was given up.');
        if ((await page.getByRole('dialog').count()) > 0) return false;
        return (await page.locator('#main').getByRole('button', {name: /Activate|Deactivate|Ask|file/}).count()) === 0;
    });
}
