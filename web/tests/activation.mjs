// The plays about activation, product keys and codes that are read out, with a vendor's clearinghouse that answers. They
// leave behind a vendor that has not activated this server, with a request code that nobody has answered.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {clearinghouse} from './clearinghouse.mjs';
import {address, expect, focusSays, must, words} from './harness.mjs';
import {anyOf, like, t, tn, word} from './texts.mjs';

const desk = process.env.CALM_DESK;
const vendor = 'Fabrikam <i>Ltd</i>';
const product = 'sales-2026';

const here = async () => (await must('GET', '/v1/activations')).vendors.find((each) => each.vendor === vendor);
const state = async () => (await here()).state;
const another = (character) => (character === '2' ? '3' : '2');

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
        await page.getByRole('navigation').getByRole('link', {name: t('activation.title')}).click();
        await heading(t('activation.title'));
        const {license_server_id: id} = await must('GET', '/v1/activations');
        if ((await page.getByRole('textbox', {name: t('home.server_id')}).inputValue()) !== id) return false;
        await button(t('activation.vendor_file')).click();
        const text = dialog.getByRole('textbox', {name: t('activation.vendor_file_text')});
        await text.fill(house.vendorFile.replace('v4.public.', 'v4.public.A'));
        await dialog.getByText(t('activation.vendor_file_none')).waitFor();
        await text.fill(house.vendorFile);
        await dialog.getByText(house.fingerprint).waitFor();
        const trust = dialog.getByRole('button', {name: t('add.trust', {vendor})});
        if (!(await trust.isDisabled())) return false;
        await dialog.getByLabel(t('add.compared')).check();
        await trust.click();
        await shows(t('activation.vendor_file_done', {vendor}));
        await page.getByText(house.address).waitFor();
        return (await page.locator('#main i').count()) === 0;
    });
    await expect('the same file again only says that it brings nothing to compare', async () => {
        await button(t('activation.vendor_file')).click();
        await dialog.getByRole('textbox', {name: t('activation.vendor_file_text')}).fill(house.vendorFile);
        await dialog.getByText(t('activation.vendor_file_known', {vendor})).waitFor();
        await dialog.getByRole('button', {name: t('action.cancel')}).click();
        await dialog.waitFor({state: 'detached'});
    });
}

async function online(page) {
    const {button, shows} = words(page);
    await expect('a server is activated online, and what came of it is told', async () => {
        await button(t('activation.does_of', {does: t('activation.begin'), vendor})).click();
        await page.getByRole('heading', {name: t('activation.wizard', {vendor})}).waitFor();
        if (!(await page.getByLabel(t('activation.way.online')).isChecked())) return false;
        await page.getByRole('textbox', {name: t('activation.asker.company')}).fill('Contoso');
        await page.getByRole('textbox', {name: t('activation.asker.country')}).fill('FR');
        await button(t('activation.go_online')).click();
        await shows(t('activation.taken.activated', {vendor}));
        await focusSays(page, t('activation.taken.activated', {vendor}));
        await shows(like('activation.until', {}, {ends: true}));
        return (await state()) === 'activated';
    });
}

async function keys(page, house) {
    const {button, shows} = words(page);
    const [first, second] = await house.keys(product, 3, 2);
    const unsold = readFileSync(new URL('../../tests/fuzz/corpus/codes/product_key', import.meta.url), 'utf8').trim();
    const group = (key, number) => page.getByRole('textbox', {name: t('code.group', {code: t('keys.key_number', {number: key}), group: number, of: 5})});
    const redeem = page.getByRole('button', {name: like('keys.redeem')});
    await expect('a product key is checked group by group while it is typed', async () => {
        await page.goto(`${address}/console/add`);
        await page.getByLabel(t('add.way.keys')).check();
        await group(1, 1).focus();
        await page.keyboard.type(first.slice(0, 4) + another(first[4]));
        await shows(t('code.check', {group: 1, typed: first.slice(0, 4) + another(first[4])}));
        if ((await group(1, 1).getAttribute('aria-invalid')) !== 'true') return false;
        await page.keyboard.press('Backspace');
        await page.keyboard.type('O');
        await shows(t('code.character', {group: 1, character: 'O'}));
        await page.keyboard.press('Backspace');
        await page.keyboard.type(first.slice(4).replaceAll('-', '').toLowerCase());
        await shows(t('code.whole'));
        return (await group(1, 5).inputValue()) === first.slice(-5) && (await redeem.isEnabled());
    });
    await expect('backspace leads back into the group before', async () => {
        for (let i = 0; i < 6; ++i) await page.keyboard.press('Backspace');
        await page.keyboard.press('Backspace');
        await shows(tn('code.so_far', 3, {of: 5}));
        if (await redeem.isEnabled()) return false;
        await paste(group(1, 4), first);
        await shows(t('code.whole'));
    });
    await expect('several keys are pasted at once, and the same one twice is noticed', async () => {
        await paste(group(1, 1), `${first}\n${second}\n${first}\n`);
        await shows(t('keys.doubled'));
        if (await redeem.isEnabled()) return false;
        await button(t('keys.drop', {number: 3})).click();
        await button(tn('keys.redeem', 2)).waitFor();
    });
    await expect('they are redeemed online, and their packs are there', async () => {
        await button(tn('keys.redeem', 2)).click();
        await shows(t('keys.done'));
        await shows(like('activation.taken.packs.other', {count: 2}, {ends: true}));
        const {packs} = await must('GET', '/v1/packs');
        return packs.filter((each) => each.product === product && each.state === 'usable' && each.activation).length === 2;
    });
    await expect('a key that nobody sold is refused, and why is told', async () => {
        await button(t('keys.more')).click();
        await page.getByLabel(t('add.way.keys')).check();
        await paste(group(1, 1), unsold.slice(0, -1) + another(unsold.at(-1)));
        await shows(like('code.check', {group: 5}));
        await paste(group(1, 1), unsold);
        await button(tn('keys.redeem', 1)).click();
        await shows(t('problem.clearinghouse_refused.title'));
    });
    await expect('a request file for keys is saved, shown for a camera, and its answer taken', async () => {
        const [third] = await house.keys(product, 4, 1);
        await paste(group(1, 1), third);
        const [download] = await Promise.all([page.waitForEvent('download'), button(t('keys.write')).click()]);
        await page.getByRole('img', {name: t('activation.request_qr')}).waitFor();
        await page.getByRole('textbox', {name: t('activation.answer')}).fill(await house.answer(await saved(download)));
        await button(t('activation.take')).click();
        await shows(like('activation.taken.packs', {}, {ends: true}));
        return (await must('GET', '/v1/packs')).packs.some((each) => each.product === product && each.quantity === 4);
    });
}

// Between them and the next play the server is as it was: what the vendor had is fetched.
async function packOfAgreement(page, house) {
    const {button, shows} = words(page);
    await expect('packs of an agreement are drawn by the vendor for this very server, and fetched', async () => {
        const {license_server_id: server} = await must('GET', '/v1/status');
        await page.goto(`${address}/console/add?way=program`);
        await page.getByRole('combobox', {name: t('fact.product')}).selectOption(product);
        await page.getByRole('spinbutton', {name: t('fact.quantity')}).fill('6');
        await page.getByRole('textbox', {name: t('agreement.enrollment')}).fill('1234567');
        const order = await page.getByRole('textbox', {name: t('agreement.tell')}).inputValue();
        const agreement = `${word('program', 'select')} 1234567`;
        if (order !== t('agreement.order', {agreement, cals: tn('pool.cals', 6), product, kind: word('kind', 'per_user'), server})) throw new Error(order);
        const {customer} = await house.must('POST', '/v1/customers', {name: 'Contoso'});
        const {order: number} = await house.must('POST', '/v1/orders', {customer, product, kind: 'per_user', quantity: 50, channel: 'volume', agreement: 'select:1234567'});
        await house.must('POST', '/v1/packs', {server, order: number, quantity: 6});
        await button(t('agreement.fetch')).click();
        await shows(t('agreement.done'));
        await shows(like('activation.taken.packs.one', {}, {ends: true}));
        await focusSays(page, t('agreement.done'));
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
        await page.getByRole('combobox', {name: t('fact.product')}).selectOption(product);
        await page.getByRole('combobox', {name: t('fact.kind')}).selectOption(t('kind.per_device'));
        await page.getByLabel(t('phone.until')).fill('2099-11-30');
        await paste(page.getByRole('textbox', {name: t('code.group', {code: t('phone.code'), group: 20, of: 28})}), code.toLowerCase().replaceAll('-', ' '));
        await shows(t('code.whole'));
        await button(tn('add.install', 5)).click();
        await shows(t('problem.readout_altered.title'));
        await page.getByRole('spinbutton', {name: t('fact.quantity')}).fill('7');
        await button(tn('add.install', 7)).click();
        await shows(tn('add.done', 7, {product}));
    });
}

async function takenBack(page, house) {
    const {button, shows} = words(page);
    await expect('what the vendor has taken back is told as soon as it is asked', async () => {
        const {pack, document} = (await must('GET', '/v1/packs')).packs.find((each) => each.product === product && each.quantity === 7);
        await house.must('POST', `/v1/packs/${document}/revoke`, {why: 'not paid'});
        await page.goto(`${address}/console/activation`);
        await button(t('activation.does_of', {does: t('activation.news'), vendor})).click();
        await shows(tn('activation.taken.revoked', 1, {packs: String(pack)}));
        await page.locator('#main').getByRole('link', {name: t('add.see_licenses')}).click();
        await page.getByRole('row', {name: new RegExp(`^${pack} .*${word('pack_state', 'revoked')}`)}).waitFor();
    });
}

async function givenUp(page, house) {
    const {button, shows} = words(page);
    const dialog = page.getByRole('dialog');
    await expect('a certificate is given up after a question, with the file for the clearinghouse', async () => {
        await page.goto(`${address}/console/activation`);
        await button(t('activation.does_of', {does: t('activation.end'), vendor})).click();
        await dialog.getByText(t('activation.end_body')).waitFor();
        if ((await state()) !== 'activated') return false;
        const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', {name: t('activation.end')}).click()]);
        const request = await saved(download);
        await dialog.getByText(t('moving.done_title', {file: download.suggestedFilename()})).waitFor();
        await dialog.getByRole('button', {name: t('action.done')}).click();
        await dialog.waitFor({state: 'detached'});
        await shows(t('activation.given_up'));
        await house.answer(request);
        return (await state()) === 'ended' && request.startsWith('-----BEGIN CALM ACTIVATION REQUEST-----');
    });
    await expect('Home says so, and leads to where it is mended', async () => {
        await page.goto(address);
        await page.getByRole('list', {name: t('home.concerns')}).getByText(t('concern.activation_ended', {vendor})).waitFor();
        await page.getByRole('list', {name: t('home.concerns')}).getByRole('link', {name: t('activation.title')}).click();
        await shows(t('activation.given_up'));
        await page.goto(`${address}/console/licenses`);
        await page.getByRole('link', {name: t('activation.begin'), exact: true}).first().waitFor();
    });
}

async function byFile(page, house) {
    const {button, shows} = words(page);
    await expect('a request is made as a file, and for a camera', async () => {
        await page.goto(`${address}/console/activation`);
        await button(t('activation.does_of', {does: t('activation.again'), vendor})).click();
        await page.getByLabel(t('activation.way.file')).check();
        await page.getByLabel(t('activation.reason.server_upgraded')).check();
        const [download] = await Promise.all([page.waitForEvent('download'), button(t('activation.make_request')).click()]);
        await page.getByRole('img', {name: t('activation.request_qr')}).waitFor();
        const answer = await house.answer(await saved(download));
        const field = page.getByRole('textbox', {name: t('activation.answer')});
        await field.fill(answer.replace(/(BEGIN CALM ACTIVATION-----\n[^\n]{70})./, '$1_').replace(/(BEGIN CALM ACTIVATION-----\n[^\n]{20})./, (_, head) => `${head}_`));
        await button(t('activation.take')).click();
        await page.getByRole('link', {name: t('action.what_to_do')}).waitFor();
        if ((await state()) !== 'ended') return false;
        await field.fill(answer);
        await button(t('activation.take')).click();
        await shows(t('activation.taken.activated', {vendor}));
        return (await state()) === 'activated';
    });
    await expect('the same answer again is refused, and so is one that is none', async () => {
        await button(t('activation.does_of', {does: t('activation.again'), vendor})).click();
        await page.getByLabel(t('activation.way.file')).check();
        await page.getByRole('textbox', {name: t('activation.answer')}).fill('-----BEGIN CALM HELLO-----\nx\n-----END CALM HELLO-----\n');
        await button(t('activation.take')).click();
        await page.locator('a[href="/problems/activation_malformed"]').waitFor();
    });
}

async function byPhone(page, house) {
    const {button, shows} = words(page);
    const {key} = await here();
    await expect('two codes are read out, and what is read back is checked while it is typed', async () => {
        await must('POST', '/v1/activations/deactivate', {vendor: key});
        await page.goto(`${address}/console/activation?vendor=${encodeURIComponent(key)}&way=phone`);
        await shows(t('activation.no_code_yet'));
        await button(t('activation.make_code')).click();
        await shows(like('activation.code_from'));
        const [request] = (await here()).requests;
        for (const each of request.code.split('-')) await page.locator('.calm-read-out').getByText(each, {exact: true}).waitFor();
        const {license_server_id: server} = await must('GET', '/v1/status');
        const {code} = await house.must('POST', '/v1/readouts/activation', {server, request_code: request.code});
        const activate = button(t('activation.go_phone'));
        const group = (number) => page.getByRole('textbox', {name: t('code.group', {code: t('activation.code'), group: number, of: 28})});
        const wrong = code.slice(0, 14) + another(code[14]) + code.slice(15);
        await paste(group(1), wrong);
        await shows(like('code.check', {group: 3}));
        if (await activate.isEnabled()) return false;
        await group(3).fill(code.split('-')[2]);
        await shows(t('code.whole'));
        await activate.click();
        await shows(t('activation.taken.activated', {vendor}));
        return (await state()) === 'activated';
    });
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
        await words(page).shows(t('activation.given_up'));
        if ((await page.getByRole('dialog').count()) > 0) return false;
        return (await page.locator('#main').getByRole('button', {name: anyOf('activation.begin', 'activation.again', 'activation.end', 'activation.news', 'activation.vendor_file')}).count()) === 0;
    });
}
