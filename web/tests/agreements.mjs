// The plays about volume agreements: Open License and the other programs, each with its own numbers, checked as they are
// typed. They leave behind packs on trust that name their agreement.
import {address, ask, expect, words} from './harness.mjs';
import {like, t, tn} from './texts.mjs';

const packs = async () => (await ask('GET', '/v1/packs')).body.packs;

export async function agreements(page) {
    const {button, shows} = words(page);
    const add = page.getByRole('button', {name: like('add.install', {}, {ends: true})});
    await expect('Open License asks for two numbers, and tells a slip while it is typed', async () => {
        await page.goto(`${address}/console/add`);
        await page.getByLabel(t('add.way.open')).check();
        await page.getByRole('combobox', {name: t('fact.product')}).selectOption('mail-2010');
        const license = page.getByRole('textbox', {name: t('agreement.license_number')});
        await license.focus();
        await page.keyboard.type('1234 O');
        await shows(t('agreement.no.digit', {character: 'O'}));
        if ((await license.getAttribute('aria-invalid')) !== 'true') return false;
        await page.keyboard.press('Backspace');
        await shows(tn('agreement.so_far', 4, {of: 8}));
        await page.keyboard.type('56789');
        await shows(t('agreement.too_long', {of: 8, typed: 9}));
        if (await add.isEnabled()) return false;
        await page.keyboard.press('Backspace');
        await shows(t('agreement.whole'));
        await page.keyboard.press('Tab');
        await page.keyboard.type('abcde-fghij');
        await shows(tn('agreement.so_far', 10, {of: 15}));
        if (await add.isEnabled()) return false;
        await page.keyboard.type('-12345');
        await add.waitFor();
        return add.isEnabled();
    });
    await expect('it says what will change, and the pack keeps its agreement', async () => {
        await page.getByRole('spinbutton', {name: t('fact.quantity')}).fill('3');
        await shows(t('add.pool_grows', {product: 'mail-2010', before: 12, after: 15}));
        await button(tn('add.install', 3)).click();
        await shows(tn('add.done', 3, {product: 'mail-2010'}));
        const pack = (await packs()).find((each) => each.agreement_program === 'open');
        return pack.agreement_number === '12345678-ABCDEFGHIJ12345' && pack.channel === 'volume' && pack.quantity === 3;
    });
    await expect('the other programs ask for one number, which is called as the program calls it', async () => {
        await button(t('add.another')).click();
        await page.getByLabel(t('add.way.program')).check();
        await page.getByRole('combobox', {name: t('fact.product')}).selectOption('mail-2010');
        await page.getByRole('textbox', {name: t('agreement.enrollment')}).waitFor();
        await page.getByRole('combobox', {name: t('agreement.program')}).selectOption(t('agreement.program_name.other'));
        await page.getByRole('textbox', {name: t('agreement.number')}).fill('12345678');
        await shows(t('agreement.too_long', {of: 7, typed: 8}));
        await page.getByRole('textbox', {name: t('agreement.number')}).fill('7654321');
        await page.getByRole('spinbutton', {name: t('fact.quantity')}).fill('2');
        await page.keyboard.press('Enter');
        await shows(tn('add.done', 2, {product: 'mail-2010'}));
        return (await packs()).some((each) => each.agreement_program === 'other' && each.agreement_number === '7654321');
    });
    await expect('where the product asks for signed packs, it says what to tell the vendor, and how they come', async () => {
        await page.goto(`${address}/console/add?way=program`);
        await page.getByRole('combobox', {name: t('fact.product')}).selectOption('files-2026');
        await shows(t('agreement.drawn'));
        if ((await page.getByRole('textbox', {name: t('agreement.tell')}).count()) > 0) return false;
        await page.getByRole('textbox', {name: t('agreement.enrollment')}).fill('1234567');
        await page.getByRole('textbox', {name: t('agreement.tell')}).waitFor();
        await button(t('keys.write')).waitFor();
        return (await add.count()) === 0;
    });
    await expect('whoever has none of these is told where to buy', async () => {
        await shows(t('add.none_yet'));
        await page.getByRole('link', {name: t('purchase.make')}).waitFor();
        await page.getByRole('link', {name: t('add.buy_from', {vendor: 'Contoso <b>Software</b>'})}).waitFor();
    });
}
