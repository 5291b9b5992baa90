// The plays about who was refused: those of the plays before (refused.mjs, and a station of a room in console mode, whose
// name is markup) are shown, found by product and by name, explained, and taken along as a file.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, expect, must, words} from './harness.mjs';
import {like, t, tn} from './texts.mjs';

const product = 'hall-2026';
const attempts = 8; // of four stations: all of them, then all but one, then the last one
const stations = 4;

// What was refused a moment ago is counted soon.
async function counted() {
    for (let i = 0; i < 300; ++i) {
        const found = await must('GET', `/v1/refusals?product=${product}`);
        if (found.totals[0]?.attempts === attempts) return found;
        await new Promise((go) => setTimeout(go, 100));
    }
    throw new Error(JSON.stringify(await must('GET', '/v1/refusals')));
}

// Answers the number of the newest row.
export async function refusals(page, markup) {
    const {button, heading, shows} = words(page);
    const {refusal, reason, sentence} = (await counted()).refusals[0];
    const why = t(`reason.${reason}.title`);
    const remedy = t(`reason.${reason}.remedy`);
    const table = page.getByRole('grid', {name: t('refusals.title'), exact: true});
    const rowOf = (name) => table.getByRole('row').filter({has: page.getByRole('link', {name, exact: true})});

    await expect('Home says how many attempts were refused lately, and leads to who that was', async () => {
        const {totals} = await must('GET', '/v1/refusals');
        await page.goto(address);
        await shows(tn('glance.refused_count', totals.reduce((sum, each) => sum + each.attempts, 0)));
        await page.getByRole('link', {name: t('refusals.each'), exact: true}).click();
        await heading(t('refusals.title'));
        return new URL(page.url()).searchParams.get('days') === '7';
    });
    await expect('each product and reason has its sum, each of them a row, and a name that is markup stays a name', async () => {
        await page.getByRole('grid', {name: like('refusals.count')}).getByRole('row', {name: `${product} ${why} ${attempts} ${stations} 1`}).waitFor();
        await rowOf('hall-4').waitFor();
        await rowOf(markup).filter({hasText: t('reason.host_in_console_mode.title')}).waitFor();
        return (await page.locator('img[src="x"]').count()) === 0;
    });
    await expect('a product is filtered in the address, and a sum leads to its rows', async () => {
        await page.getByLabel(t('fact.product'), {exact: true}).selectOption(product);
        await rowOf(markup).waitFor({state: 'detached'});
        await rowOf('hall-4').waitFor();
        if (new URL(page.url()).searchParams.get('product') !== product) return false;
        await page.getByRole('link', {name: why, exact: true}).click();
        await page.waitForURL(new RegExp(`reason=${reason}`));
        await page.getByRole('heading', {level: 2, name: like('refusals.count', {count: attempts})}).waitFor();
        return (await rowOf(markup).count()) === 0;
    });
    await expect('a row says what the person was told, what mends it, and where more is known', async () => {
        await rowOf('hall-4').getByRole('button').click();
        await shows(sentence);
        await shows(remedy.split('`')[0].trim());
        await page.getByRole('link', {name: t('refusals.cause'), exact: true}).waitFor();
        if ((await rowOf('hall-4').getByRole('link', {name: 'hall-4'}).getAttribute('href')) !== '/console/stations?search=hall-4') return false;
        return new URL(page.url()).searchParams.has('refusal');
    });
    await expect('what is filtered is a file for spreadsheets, and nothing else is in it', async () => {
        const [download] = await Promise.all([page.waitForEvent('download'), button(t('compliance.download', {what: 'CSV'})).click()]);
        const file = join(process.env.CALM_DESK, download.suggestedFilename());
        await download.saveAs(file);
        const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\r\n');
        if (!head.includes(t('refusals.told')) || lines.length !== stations) throw new Error(`${head}\n${lines.join('\n')}`);
        return lines.every((line) => line.includes(`,${product},${reason},`)) && lines.some((line) => line.includes(',hall-4,3,'));
    });
    await expect('who is refused while somebody looks is counted without reloading', async () => {
        const {hosts} = await must('GET', '/v1/hosts?search=hall.example.org');
        const {verdict} = await must('POST', '/v1/admissions', {product, station: 'hall-4', host: hosts[0].host});
        if (verdict === 'allow') return false;
        await page.getByRole('heading', {level: 2, name: like('refusals.count', {count: attempts + 1})}).waitFor({timeout: 60_000});
    });
    await expect('a part of a name finds who it is of; one that nobody has is told so, and so is an unknown host', async () => {
        await page.getByLabel(t('refusals.name')).fill('all-4');
        await page.keyboard.press('Enter');
        await rowOf('hall-3').waitFor({state: 'detached'});
        await rowOf('hall-4').waitFor();
        await page.getByLabel(t('refusals.name')).fill('nobody of that name');
        await page.keyboard.press('Enter');
        await shows(t('refusals.none_found'));
        await page.getByLabel(t('refusals.name')).fill('');
        await page.getByLabel(t('refusals.host')).fill('nowhere.example.org');
        await page.keyboard.press('Enter');
        await page.waitForURL(/host=nowhere/);
        await shows(t('refusals.none_found'));
        await button(t('audit.clear')).click();
        await rowOf(markup).waitFor();
    });
    await expect('Compliance leads there too', async () => {
        await page.goto(`${address}/console/compliance?product=${product}`);
        await page.getByRole('link', {name: t('compliance.refusals')}).click();
        await rowOf('hall-4').waitFor();
        return new URL(page.url()).searchParams.get('product') === product;
    });
    return refusal;
}
