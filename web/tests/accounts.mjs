// The plays about accounts: the own password, a role that an owner changes, and what is chosen for oneself and stays.
import {address, ask, expect, person, words} from './harness.mjs';
import {t, word} from './texts.mjs';

const changed = 'battery staple horse';
const patient = {timeout: 90_000}; // a page reads anew by itself, and is told then

async function signedIn(account, password) {
    const somebody = await person();
    const {page} = somebody;
    await page.goto(address);
    await page.getByLabel(t('sign_in.account')).fill(account);
    await page.getByLabel(t('sign_in.password')).fill(password);
    await page.keyboard.press('Enter');
    await words(page).heading(t('home.title'));
    return somebody;
}

async function ownPassword(password) {
    const {page, context, complaints} = await signedIn('vera', password);
    const other = await signedIn('vera', password);
    const {button, heading, shows} = words(page);
    const dialog = page.getByRole('dialog');
    const field = (key) => dialog.getByLabel(t(`password.${key}`));
    const does = dialog.getByRole('button', {name: t('password.change')});
    await expect('the own password is changed from the menu of the account, by keyboard alone, when the new one is typed twice', async () => {
        await button(t('shell.you', {account: 'vera'})).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('menuitem', {name: t('password.change')}).focus();
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.activeElement?.id === 'old-password');
        await page.keyboard.type('wrong horse battery');
        await page.keyboard.press('Tab');
        await page.keyboard.type('too short');
        await page.keyboard.press('Tab');
        await page.keyboard.type('too short');
        if (await does.isEnabled()) return false;
        await field('new').fill(changed);
        await dialog.getByText(t('password.differ')).waitFor();
        if (await does.isEnabled()) return false;
        await field('again').fill(changed);
        await does.focus();
        await page.keyboard.press('Enter');
        await dialog.getByText(t('problem.sign_in_failed.title')).waitFor();
        await field('old').fill(password);
        await does.focus();
        await page.keyboard.press('Enter');
        await dialog.getByText(t('password.done_body')).waitFor();
        await dialog.getByRole('button', {name: t('action.done')}).focus();
        await page.keyboard.press('Enter');
        await dialog.waitFor({state: 'detached'});
        await page.waitForFunction(() => document.activeElement?.id === 'person-menu');
    });
    await expect('this session goes on, the others of the account have ended, and the old password is none', async () => {
        await page.getByRole('link', {name: t('hosts.title'), exact: true}).click();
        await heading(t('hosts.title'));
        await other.page.getByText(t('sign_in.ended')).waitFor(patient);
        if ((await ask('POST', '/v1/session', {account: 'vera', password})).status !== 401) return false;
        return (await ask('POST', '/v1/session', {account: 'vera', password: changed})).status === 200;
    });
    await expect('light or dark is chosen by hand once, and stays after a reload', async () => {
        const dark = () => page.evaluate(() => document.documentElement.classList.contains('pf-v6-theme-dark'));
        if (await dark()) return false;
        await button(t('shell.you', {account: 'vera'})).click();
        await page.getByRole('menuitem', {name: t('theme.dark')}).click();
        await page.reload();
        await heading(t('hosts.title'));
        if (!(await dark())) return false;
        await page.goto(`${address}/console/settings`);
        await page.getByLabel(t('theme.light'), {exact: true}).check();
        await page.reload();
        await heading(t('settings.title'));
        return !(await dark()) && (await page.getByLabel(t('theme.light'), {exact: true}).isChecked());
    });
    return {page, context, complaints, other: other.context, shows};
}

// `page`: an owner, called anna.
export async function accounts(page, password) {
    const vera = await ownPassword(password);
    const {button, heading, shows} = words(page);
    const navigation = vera.page.getByRole('navigation');
    const give = async (role) => {
        await page.goto(`${address}/console/settings`);
        await button(t('settings.account_actions', {account: 'vera'})).click();
        await page.getByRole('menuitem', {name: t('settings.role_change')}).click();
        const dialog = page.getByRole('dialog');
        if (await dialog.getByRole('button', {name: t('settings.role_change')}).isEnabled()) throw new Error('the same role again');
        await dialog.getByLabel(word('role', role), {exact: true}).check();
        await dialog.getByRole('button', {name: t('settings.role_change')}).click();
        await dialog.waitFor({state: 'detached'});
        await page.getByRole('row', {name: new RegExp(`vera ${word('role', role)}.*anna`)}).waitFor();
    };
    await expect('an owner changes a role, and whoever has it may at once what it may', async () => {
        await give('auditor');
        await vera.page.goto(`${address}/console/audit`);
        await words(vera.page).heading(t('audit.title'));
        await vera.page.getByRole('row').nth(1).waitFor();
    });
    await expect('and at once no more what it may not: the page that was open goes', async () => {
        await give('viewer');
        await vera.page.getByRole('heading', {level: 1, name: t('shell.not_found'), exact: true}).waitFor(patient);
        return (await navigation.getByRole('link', {name: t('audit.title')}).count()) === 0;
    });
    await expect('nobody changes the own role: the last owner stays one', async () => {
        await button(t('settings.account_actions', {account: 'anna'})).click();
        const item = page.getByRole('menuitem', {name: t('settings.role_change')});
        if (!(await item.isDisabled())) return false;
        await page.keyboard.press('Escape');
        return (await ask('PUT', '/v1/accounts/anna/role', {role: 'viewer'})).body.code === 'last_owner';
    });
    await expect('the browser had nothing to complain about', () => {
        if (vera.complaints.length > 0) throw new Error(vera.complaints.join('\n'));
    });
    await vera.context.close();
    await vera.other.close();
    await page.goto(address);
    await heading(t('home.title'));
    await shows(t('home.tasks'));
}
