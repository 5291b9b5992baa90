// The plays about who would be refused although CALs are added: told before anything is added, and as it comes. They
// leave a room of stations behind, and another one in its initial grace.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, expect, must, words} from './harness.mjs';
import {language, like, t, tn} from './texts.mjs';

const product = 'hall-2026';

async function room(name, key, graceDays, stations) {
    await must('PUT', '/v1/settings', {initial_grace_days: graceDays});
    const {token} = await must('POST', '/v1/hosts/tokens', {});
    const {host} = await must('POST', '/v1/hosts', {token, name, public_key: key.repeat(32), mode: 'per_user'});
    for (const station of stations) await must('POST', '/v1/stations', {name: station, host: name});
    return must('GET', `/v1/hosts/${host}`);
}

export async function refused(page) {
    const {button, shows} = words(page);
    const {initial_grace_days: days} = await must('GET', '/v1/settings');
    await must('POST', '/v1/products', {product, requires: 'activated', overuse: 'refuse', temporary_days: 0});
    const stations = ['hall-1', 'hall-2', 'hall-3', 'hall-4'];
    const {host} = await room('hall.example.org', '4c', 0, stations);
    const {grace_until: until} = await room('foyer.example.org', '4d', 10, ['foyer-desk']);
    await must('PUT', '/v1/settings', {initial_grace_days: days});
    const admitted = async () => {
        const verdicts = [];
        for (const station of stations) verdicts.push((await must('POST', '/v1/admissions', {product, station, host})).verdict);
        return verdicts.filter((each) => each === 'allow').length;
    };
    const look = async (pack) => {
        await page.goto(`${address}/console/add`);
        await page.getByRole('textbox', {name: t('add.pack')}).fill(readFileSync(join(process.env.CALM_DESK, pack), 'utf8'));
        await shows(like('add.pool_grows', {product}));
    };
    const date = new Intl.DateTimeFormat(language, {dateStyle: 'medium', timeZone: 'UTC'}).format(new Date(until));

    await expect('before CALs are added it says how many stations would be refused, today and when a grace ends', async () => {
        if ((await admitted()) !== 0) return false;
        await look('hall-1.pack');
        await shows(tn('add.refused.now', 3));
        await shows(tn('add.refused.later', 1, {date}));
        await button(tn('add.install', 1)).click();
        await shows(tn('add.done', 1, {product}));
    });
    await expect('and so it comes: the others are refused', async () => (await admitted()) === 1);
    await expect('of one station it speaks as of one', async () => {
        await look('hall-2.pack');
        await shows(tn('add.refused.now', 1));
        await shows(tn('add.refused.later', 1, {date}));
        await button(tn('add.install', 2)).click();
        await shows(tn('add.done', 2, {product}));
        return (await admitted()) === 3;
    });
    await expect('with enough of them nobody would be refused, which is said too', async () => {
        await look('hall-5.pack');
        await shows(t('add.refused.nobody'));
        return (await page.getByText(like('add.refused.now')).count()) === 0;
    });
}
