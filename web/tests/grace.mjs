// The play of an initial grace that is over: a login through sshd is refused, Home says why, CALs are added there, and
// the login is admitted. The host, its sshd and its agent are real ones; see tests/console/grace_test.sh.
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, ask, expect, finish, person, words} from './harness.mjs';
import {like, t, tn} from './texts.mjs';

const desk = process.env.CALM_DESK;
const host = process.env.CALM_HOST;
const who = process.env.CALM_PERSON;
const password = 'correct horse battery';
// What comes of it when somebody logs in: `in`, or what they read.
const login = () => spawnSync(join(desk, 'login'), [who], {encoding: 'utf8'}).stdout;

await ask('POST', '/v1/accounts', {account: 'anna', role: 'owner', password});
const {page, complaints} = await person();
const {button, heading, shows} = words(page);

await expect('somebody who logs in through sshd is refused, and reads what to do', async () => {
    const said = login();
    if (!like('hostd.grace_over.no_cal_available').test(said)) throw new Error(said);
});
await expect('Home says that the grace of this host is over', async () => {
    await page.goto(address);
    await page.getByRole('textbox', {name: t('sign_in.account'), exact: true}).fill('anna');
    await page.getByLabel(t('sign_in.password')).fill(password);
    await page.keyboard.press('Enter');
    await heading(t('home.title'));
    await shows(like('alert.initial_grace.over', {about: host}));
});
await expect('who was refused, at which host and why, stands among the refused attempts', async () => {
    await page.goto(`${address}/console/refusals`);
    const row = page.getByRole('row').filter({has: page.getByRole('link', {name: who, exact: true})}).filter({has: page.getByRole('link', {name: host, exact: true})});
    await row.filter({hasText: t('reason.no_cal_available.title')}).waitFor({timeout: 60_000});
});
await expect('its findings say so too, which lead to the mend', async () => {
    await page.goto(`${address}/console/hosts`);
    const row = page.getByRole('row', {name: new RegExp(host)}).first();
    await row.getByText(t('finding_short.grace_over'), {exact: true}).waitFor();
    await button(host).click();
    await shows(like('finding.grace_over', {host}));
    await page.getByRole('link', {name: t('hosts.mend')}).click();
    await heading(t('add.title'));
});
await expect('there the CALs are added', async () => {
    await page.getByRole('textbox', {name: t('add.pack')}).fill(readFileSync(join(desk, 'five.pack'), 'utf8'));
    await shows(t('add.pool_grows', {product: 'files-2026', before: 0, after: 5}));
    await button(tn('add.install', 5)).click();
    await shows(t('pool.used_of', {used: 0, owned: 5}));
});
await expect('and the same person is let in by sshd, holds a CAL, and nothing is found any more', async () => {
    const said = login();
    if (!/^in$/m.test(said)) throw new Error(said);
    await page.goto(`${address}/console/holders`);
    await page.getByRole('row', {name: new RegExp(who)}).waitFor();
    await page.goto(`${address}/console/hosts`);
    await page.getByRole('row', {name: new RegExp(host)}).first().getByText(t('hosts.in_order'), {exact: true}).waitFor();
});
await expect('the browser had nothing to complain about', () => {
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
});
finish();
