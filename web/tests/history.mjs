// The plays about what was used and owned over time. The log of these plays is as old as they are, so that the days
// of the past are answered here: with the position of now, a little smaller each.
import {address, ask, expect, words} from './harness.mjs';

export async function history(page) {
    const {button, shows} = words(page);
    const chart = page.getByRole('img', {name: /^(Used and free|The position) over time\./});
    const days = [];

    await expect('a log that began today has nothing to compare with, and the table has today', async () => {
        await page.goto(`${address}/console/licenses`);
        await shows('The log is too young');
        await button('As a table').click();
        const row = page.getByRole('grid', {name: 'Used and free over time'}).locator('tbody tr');
        await row.first().waitFor();
        return (await row.count()) === 1 && new URL(page.url()).searchParams.get('table') === '1';
    });

    const {rows, ...rest} = (await ask('GET', '/v1/position')).body;
    await page.route(/\/v1\/position\?.*at=/, (route) => {
        const day = new URL(route.request().url()).searchParams.get('at');
        days.push(day);
        const less = days.length;
        return route.fulfill({json: {...rest, rows: rows.map((row) => ({...row, held: Math.max(0, row.held - less)})), uncovered: []}});
    });
    await expect('what was used and owned is drawn, of the pool that is chosen, with its numbers in words', async () => {
        await page.goto(`${address}/console/licenses?pool=files-2026+per_user`);
        await chart.waitFor();
        await page.getByText('Reading the log').waitFor({state: 'detached'});
        const row = rows.find((each) => each.product === 'files-2026' && each.kind === 'per_user');
        const name = await chart.getAttribute('aria-label');
        if (!name.includes(`in use: ${Math.max(0, row.held - 13)} on `) || !name.includes(`, ${row.held} on `)) throw new Error(name);
        const {width, height} = await chart.locator('canvas').boundingBox();
        return days.length === 13 && width > 300 && height > 100;
    });
    await expect('the same as a table, by keyboard alone, and in another period', async () => {
        await button('As a table').focus();
        await page.keyboard.press('Enter');
        const table = page.getByRole('grid', {name: 'Used and free over time'});
        await table.locator('tbody tr').nth(13).waitFor();
        await page.getByLabel('Period').selectOption('1 month');
        await page.waitForFunction(() => document.querySelectorAll('.calm-over tbody tr').length === 11);
        await button('As lines').click();
        await chart.waitFor();
        return new URL(page.url()).searchParams.get('span') === '1m';
    });
    await expect('Compliance draws what was required, owned and missing', async () => {
        await page.goto(`${address}/console/compliance`);
        await chart.waitFor();
        const {width} = await chart.boundingBox();
        await page.setViewportSize({width: 400, height: 800});
        await page.waitForFunction((before) => document.querySelector('.calm-chart canvas').getBoundingClientRect().width < before / 2, width);
        await page.setViewportSize({width: 1280, height: 800});
        return (await chart.getAttribute('aria-label')).includes('missing:');
    });
    await page.unroute(/\/v1\/position\?.*at=/);
}
