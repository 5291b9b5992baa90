// The plays about volume agreements: Open License and the other programs, each with its own numbers, checked as they are
// typed. They leave behind packs on trust that name their agreement.
import {address, ask, expect, words} from './harness.mjs';

const packs = async () => (await ask('GET', '/v1/packs')).body.packs;

export async function agreements(page) {
    const {button, shows} = words(page);
    const add = page.getByRole('button', {name: /^Add \d+ CALs$/});
    await expect('Open License asks for two numbers, and tells a slip while it is typed', async () => {
        await page.goto(`${address}/console/add`);
        await page.getByLabel('Open License').check();
        await page.getByRole('combobox', {name: 'Product'}).selectOption('mail-2010');
        const license = page.getByRole('textbox', {name: 'License number'});
        await license.focus();
        await page.keyboard.type('1234 O');
        await shows('“O” is no digit.');
        if ((await license.getAttribute('aria-invalid')) !== 'true') return false;
        await page.keyboard.press('Backspace');
        await shows('4 characters of 8');
        await page.keyboard.type('56789');
        await shows('It has 8 characters; here are 9.');
        if (await add.isEnabled()) return false;
        await page.keyboard.press('Backspace');
        await shows('It is written as it should be.');
        await page.keyboard.press('Tab');
        await page.keyboard.type('abcde-fghij');
        await shows('10 characters of 15');
        if (await add.isEnabled()) return false;
        await page.keyboard.type('-12345');
        await add.waitFor();
        return add.isEnabled();
    });
    await expect('it says what will change, and the pack keeps its agreement', async () => {
        await page.getByRole('spinbutton', {name: 'Quantity'}).fill('3');
        await shows('mail-2010: from 12 to 15 CALs.');
        await button('Add 3 CALs').click();
        await shows('3 CALs for mail-2010 are ready');
        const pack = (await packs()).find((each) => each.agreement_program === 'open');
        return pack.agreement_number === '12345678-ABCDEFGHIJ12345' && pack.channel === 'volume' && pack.quantity === 3;
    });
    await expect('the other programs ask for one number, which is called as the program calls it', async () => {
        await button('Add another pack').click();
        await page.getByLabel('Another volume program').check();
        await page.getByRole('combobox', {name: 'Product'}).selectOption('mail-2010');
        await page.getByRole('textbox', {name: 'Enrollment number'}).waitFor();
        await page.getByRole('combobox', {name: 'Program'}).selectOption('Other: Open Value, Multi-Year Open, Open Subscription');
        await page.getByRole('textbox', {name: 'Agreement number'}).fill('12345678');
        await shows('It has 7 characters; here are 8.');
        await page.getByRole('textbox', {name: 'Agreement number'}).fill('7654321');
        await page.getByRole('spinbutton', {name: 'Quantity'}).fill('2');
        await page.keyboard.press('Enter');
        await shows('2 CALs for mail-2010 are ready');
        return (await packs()).some((each) => each.agreement_program === 'other' && each.agreement_number === '7654321');
    });
    await expect('where the product asks for signed packs, it says what to tell the vendor, and how they come', async () => {
        await page.goto(`${address}/console/add?way=program`);
        await page.getByRole('combobox', {name: 'Product'}).selectOption('files-2026');
        await shows('CALs of this product come as packs that the vendor signs');
        if ((await page.getByRole('textbox', {name: 'What to tell the vendor'}).count()) > 0) return false;
        await page.getByRole('textbox', {name: 'Enrollment number'}).fill('1234567');
        await page.getByRole('textbox', {name: 'What to tell the vendor'}).waitFor();
        await button('Make a request file').waitFor();
        return (await add.count()) === 0;
    });
    await expect('whoever has none of these is told where to buy', async () => {
        await shows('None of these yet?');
        await page.getByRole('link', {name: 'Print a purchase request'}).waitFor();
        await page.getByRole('link', {name: 'Buy from Contoso <b>Software</b>'}).waitFor();
    });
}
