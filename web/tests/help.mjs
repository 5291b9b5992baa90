// The plays about Help: the manual is found, read and searched without leaving the console.
import {readdirSync} from 'node:fs';
import {address, expect, words} from './harness.mjs';

const docs = new URL('../../docs/', import.meta.url);

export async function help(page) {
    const {button, heading, shows} = words(page);
    const main = page.locator('#main');

    await expect('Help has every page of the manual', async () => {
        await page.getByRole('link', {name: 'Help', exact: true}).click();
        await heading('Help');
        await main.getByRole('link', {name: 'First steps'}).waitFor();
        const links = await main.locator('a[href*="page="]').evaluateAll((all) => all.map((each) => new URL(each.href).searchParams.get('page')));
        const files = ['concepts', 'operating', 'hosts', 'reference'].flatMap((chapter) => readdirSync(new URL(chapter, docs)).map((name) => `${chapter}/${name.replace(/\.md$/, '')}`));
        const missing = [...files, 'start'].filter((each) => !links.includes(each));
        if (missing.length > 0) throw new Error(`not there: ${missing}`);
    });
    await expect('a page leads to another, to a heading of it, and back', async () => {
        await page.goto(`${address}/console/help?page=operating/personal-data`);
        await heading('Personal data');
        await main.getByRole('link', {name: 'its hardware, its certificate'}).click();
        await heading('One machine, one CAL');
        await page.waitForFunction(() => document.activeElement?.id === 's-a-device-that-looks-like-one');
        const seen = await page.locator('#s-a-device-that-looks-like-one').evaluate((element) => {
            const {top} = element.getBoundingClientRect();
            return top >= 0 && top < innerHeight;
        });
        await page.goBack();
        await heading('Personal data');
        return seen;
    });
    await expect('a search finds words wherever they stand, shows them, and stays in the address', async () => {
        await page.goto(`${address}/console/help`);
        await page.getByRole('textbox', {name: 'Search the manual'}).fill('salt forgetting');
        await shows(/\d+ places? found/);
        await main.locator('mark', {hasText: /^salt$/}).first().waitFor();
        if (new URL(page.url()).searchParams.get('search') !== 'salt forgetting') return false;
        await page.reload();
        await main.getByRole('link', {name: 'Personal data'}).first().click();
        await heading('Personal data');
        await page.goBack();
        await shows(/\d+ places? found/);
        await page.getByRole('textbox', {name: 'Search the manual'}).fill('xyzzyx');
        await shows('Nothing found');
    });
    await expect('what is searched for stays text', async () => {
        await page.goto(`${address}/console/help?search=${encodeURIComponent('<img src=x onerror=alert(1)>')}&page=%3Cimg%3E`);
        await heading('Help');
        return (await page.locator('img[src="x"]').count()) === 0;
    });
    await expect('in French a page is French where there is one, and says so where there is none', async () => {
        await page.goto(`${address}/console/help?page=start`);
        await button('Français').click();
        await heading('Premiers pas');
        await page.goto(`${address}/console/help?page=concepts/loans`);
        await shows("Cette page n'existe qu'en anglais.");
        if ((await main.locator('.calm-article').getAttribute('lang')) !== 'en') return false;
        await page.getByRole('textbox', {name: 'Chercher dans le manuel'}).fill('registre');
        await shows(/\d+ passages? trouvés?/);
        await button('English').click();
        await heading('Help');
    });
    await expect('a page that the manual does not have is told so', async () => {
        await page.goto(`${address}/console/help?page=../../etc/passwd`);
        await shows('The manual has no such page.');
    });
    await expect('from other pages one link leads to what the manual says of them, by keyboard', async () => {
        await page.goto(`${address}/console/stations`);
        await page.getByRole('link', {name: 'Learn more: Stations'}).focus();
        await page.keyboard.press('Enter');
        await heading('Stations');
        await main.locator('.calm-article').waitFor();
        return new URL(page.url()).searchParams.get('page') === 'concepts/stations';
    });
}
