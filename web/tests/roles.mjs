// The plays about roles: each sees the tasks, the pages and what there is to press that it may, and no others.
import {address, ask, expect, must, person, words} from './harness.mjs';
import {like, t} from './texts.mjs';

const password = 'correct horse battery';
const operates = ['task.release', 'task.lend', 'hosts.enrol', 'task.set_mode', 'task.console_mode'];
const licenses = ['add.title', 'task.remove_licenses', 'activation.title'];
// What Home offers to whom, in its order.
const tasks = {
    viewer: [],
    operator: operates,
    license_administrator: [...licenses, ...operates],
    auditor: ['task.verify'],
    owner: [...licenses, ...operates, 'task.verify'],
};
// What there is to press, where, and for whom; each page has it for somebody.
const pressed = [
    ['hosts', () => t('hosts.enrol'), ['operator', 'license_administrator', 'owner']],
    ['groups', () => t('groups.add'), ['operator', 'license_administrator', 'owner']],
    ['products', () => t('products.add'), ['license_administrator', 'owner']],
    ['licenses', () => t('add.title'), ['license_administrator', 'owner']],
    ['compliance', () => t('compliance.download', {what: 'PDF'}), ['auditor', 'owner']],
    ['settings', () => t('settings.add_account'), ['owner']],
];
const opened = [
    ['add', () => t('add.title'), ['license_administrator', 'owner']],
    ['audit', () => t('audit.title'), ['auditor', 'owner']],
    ['people', () => t('people.title'), ['auditor', 'owner']],
    ['refusals', () => t('refusals.title'), Object.keys(tasks)],
];

async function seenBy(role) {
    const account = `${role.replace('_', '-')}-1`;
    await must('POST', '/v1/accounts', {account, role, password});
    const {page, context, complaints} = await person();
    const {button, heading, shows} = words(page);
    await page.goto(address);
    await page.getByLabel(t('sign_in.account')).fill(account);
    await page.getByLabel(t('sign_in.password')).fill(password);
    await page.keyboard.press('Enter');

    await expect(`${role}: Home offers what may be done, and nothing else`, async () => {
        await heading(t('home.title'));
        await shows(t('home.tasks'));
        const offered = await page.locator('.calm-task').allInnerTexts();
        const wanted = tasks[role].map((key) => t(key));
        if (JSON.stringify(offered.map((each) => each.trim())) !== JSON.stringify(wanted)) throw new Error(`${offered}`);
    });
    await expect(`${role}: of the pages those that may be seen, in the navigation and by their address`, async () => {
        for (const [path, title, roles] of opened) {
            const may = roles.includes(role);
            await page.goto(`${address}/console/${path}`);
            await heading(may ? title() : t('shell.not_found'));
            if (path === 'add') continue; // it stands in no navigation
            if (((await page.getByRole('navigation').getByRole('link', {name: title(), exact: true}).count()) === 1) !== may) return false;
        }
    });
    await expect(`${role}: on each page what may be pressed, and nothing else`, async () => {
        for (const [path, name, roles] of pressed) {
            await page.goto(`${address}/console/${path}`);
            await page.locator('#main h1').waitFor();
            await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
            if (roles.includes(role)) await button(name()).first().waitFor();
            else if ((await button(name()).count()) > 0) throw new Error(`${path}: ${name()}`);
        }
    });
    await expect(`${role}: of who is not covered the names, or how many`, async () => {
        await page.goto(`${address}/console/compliance`);
        if (role === 'viewer') await shows(like('compliance.names_hidden'));
        else await page.getByRole('grid', {name: t('compliance.uncovered')}).getByRole('link', {name: 'gina'}).waitFor();
    });
    await expect(`${role}: the browser had nothing to complain about`, () => {
        if (complaints.length > 0) throw new Error(complaints.join('\n'));
    });
    await context.close();
    await ask('DELETE', `/v1/accounts/${account}`);
}

export async function roles() {
    for (const role of Object.keys(tasks)) await seenBy(role);
}
