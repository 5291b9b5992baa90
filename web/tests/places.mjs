// What is to be looked at beside the pages: every dialog and every step of the wizard, for accessible.mjs and pseudo.mjs.
// Nothing is done in them that could not be done a second time.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const desk = process.env.CALM_DESK;
const pack = (name) => readFileSync(join(desk, name), 'utf8');

const press = (page, name) => page.getByRole('button', {name, exact: true}).first().click();
const inDialog = (page, name) => page.getByRole('dialog').getByRole('button', {name, exact: true}).click();

async function choose(page, menu, item) {
    await press(page, menu);
    await page.getByRole('menuitem', {name: item, exact: true}).click();
    await page.getByRole('dialog').waitFor();
}

async function keepForDays(page, t) {
    await press(page, t('retention.change'));
    await page.locator('#retention-days').check();
    await page.locator('#retention-count').waitFor();
}

// Before anybody is signed in. `tess`, `tim` and `tom` have a second step.
export function doors(password) {
    const show = async (page, account, word) => {
        await page.locator('#account').fill(account);
        await page.locator('#password').fill(word);
        await page.locator('form [type=submit]').click();
    };
    // A wrong code does not give the tries back.
    const turns = ['tim', 'tom'];
    return [
        {name: 'sign-in', path: '/'},
        {name: 'sign-in, refused', path: '/', open: async (page) => {
            await show(page, 'nobody', password);
            await page.locator('.pf-v6-c-alert').waitFor();
        }},
        {name: 'sign-in, second step', path: '/', open: async (page) => {
            await show(page, 'tess', password);
            await page.locator('#code').waitFor();
        }},
        {name: 'sign-in, second step refused', path: '/', open: async (page) => {
            turns.reverse();
            await show(page, turns[0], password);
            await page.locator('#code').fill('000000');
            await page.locator('form [type=submit]').click();
            await page.locator('.pf-v6-c-alert').waitFor();
        }},
    ];
}

export const firstRun = [{name: 'first run', path: '/'}];

const paste = (file) => async (page) => {
    await page.locator('#pack').fill(pack(file));
    await page.locator('.calm-subtitle').waitFor();
};

// `keys`: one that was sold.
function wizard({key}) {
    const [first, ...rest] = key.split('-');
    return [
        {name: 'add: a pack whose vendor is unknown', path: '/console/add', open: paste('stranger.pack')},
        {name: 'add: a pack whose product is unknown', path: '/console/add', open: paste('till-2026.pack')},
        {name: 'add: what a pack changes', path: '/console/add', open: paste('twenty.pack')},
        {name: 'add: a pack that is here', path: '/console/add', open: paste('five.pack')},
        {name: 'add: an altered pack', path: '/console/add', open: async (page) => {
            await page.locator('#pack').fill(pack('altered.pack'));
            await page.locator('#main form .pf-v6-c-alert').waitFor();
        }},
        {name: 'add: half a pack', path: '/console/add', open: (page) => page.locator('#pack').fill(pack('twenty.pack').slice(0, 200))},
        {name: 'add: a pack from elsewhere', path: '/console/add', open: async (page) => {
            await paste('twenty.pack')(page);
            await page.locator('#elsewhere').check();
            await page.locator('#elsewhere-server').fill('2O');
        }},
        {name: 'add: product keys', path: '/console/add?way=keys', open: async (page) => {
            const field = page.locator('#main form input').first();
            await field.fill(first);
            await page.keyboard.type(rest.join(''));
        }},
        {name: 'add: a wrong product key', path: '/console/add?way=keys', open: (page) => page.locator('#main form input').first().fill(`${first.slice(0, 4)}O`)},
        {name: 'add: Open license', path: '/console/add?way=open', open: async (page) => {
            await page.locator('#license-number').fill('1234 5678');
            await page.locator('#authorization').fill('98765XYZ');
        }},
        {name: 'add: another program', path: '/console/add?way=program', open: (page) => page.locator('#agreement-number').fill('E 1')},
        {name: 'add: by telephone', path: '/console/add?way=phone', open: (page) => page.locator('#main form input').last().fill('2')},
        {name: 'add: declared', path: '/console/add?way=declare'},
        {name: 'add: renewing', path: '/console/add?renew=1'},
        {name: 'add: renewing what was declared', path: '/console/add?renew=2'},
        {name: 'add: done', path: '/console/add?way=declare', open: async (page) => {
            await page.locator('#main form [type=submit]').click();
            await page.locator('.calm-done').waitFor();
        }},
    ];
}

// `at`: the numbers of packs and CALs, and the vendor's key, as dialogs.mjs made them.
function licenses(at) {
    const ask = (what, number) => `/console/licenses?ask=${what}&pack=${number}`;
    return [
        {name: 'remove: which pack', path: '/console/licenses?ask=remove'},
        {name: 'remove a pack', path: ask('remove', at.free)},
        {name: 'remove a pack in use', path: ask('remove', at.used)},
        {name: 'convert', path: ask('convert', at.free)},
        {name: 'move: where to', path: ask('move', at.free), open: (page) => page.locator('#move-to').fill('2O')},
        {name: 'move: what ends', path: ask('move', at.free), open: async (page, {t}) => {
            await page.locator('#move-to').fill(at.otherServer);
            await inDialog(page, t('moving.go_on'));
            await page.locator('#move-sure').waitFor();
        }},
        {name: 'move: the file again', path: '/console/licenses', open: (page, {t}) => press(page, t('moving.again_of', {pack: at.moved}))},
        {name: 'keep seats', path: ask('keep', at.free)},
        {name: 'give to a host', path: ask('give', at.perServer)},
        {name: 'add a product', path: '/console/products?add=1'},
        {name: 'change a product', path: '/console/products?edit=files-2026', open: (page, {t}) => press(page, t('products.rules'))},
        {name: 'a vendor by its file', path: '/console/activation?file=1', open: async (page) => {
            await page.locator('#vendor-file').fill(pack('stranger.vendor'));
            await page.locator('#vendor-compared').waitFor();
        }},
        {name: 'deactivate', path: '/console/activation', open: (page, {t}) => press(page, t('activation.does_of', {does: t('activation.end'), vendor: at.vendor}))},
    ];
}

function holders(at) {
    const on = (cal, key) => ({path: `/console/holders?cal=${cal}`, open: (page, {t}) => press(page, t(`holders.${key}`))});
    return [
        {name: 'release', ...on(at.cal, 'release')},
        {name: 'release a device', ...on(at.device, 'release')},
        {name: 'revoke', ...on(at.device, 'revoke')},
        {name: 'lend', ...on(at.cal, 'lend')},
        {name: 'lend for an absence', path: '/console/holders?lend=1', open: async (page) => {
            await page.locator('#absent-who').fill('bruno');
            await page.locator('[name=absent-cal]').first().waitFor();
        }},
        {name: 'end a loan', ...on(at.lent, 'recall')},
        {name: 'a group begins', path: '/console/groups?join=1'},
        {name: 'a group has one more', path: '/console/groups', open: (page, {t}) => press(page, t('groups.add_to', {group: 'engineers'}))},
        {name: 'a group has one less', path: '/console/groups', open: (page, {t}) => press(page, t('groups.leave_of', {name: 'bruno', group: 'engineers'}))},
        {name: 'keep seats for a group', path: '/console/groups', open: async (page, {t}) => {
            await press(page, t('groups.keep_for', {group: 'engineers'}));
            await page.getByRole('dialog').waitFor();
        }},
        {name: 'join devices', path: '/console/devices?join=1'},
        {name: 'the same device', path: '/console/devices', open: (page, {t}) => choose(page, t('devices.actions', {device: 'foyer-2'}), t('devices.same'))},
        {name: 'a device of its own', path: '/console/devices', open: (page, {t}) => choose(page, t('devices.actions', {device: 'foyer-2'}), t('devices.own'))},
        {name: 'separate devices', path: '/console/devices', open: (page, {t}) => choose(page, t('devices.actions', {device: 'lab-2'}), t('devices.separate'))},
        {name: 'forget a name: what it means', path: '/console/people?name=bruno&ask=erase', open: (page) => page.locator('#erase-understood').waitFor()},
        {name: 'forget a name: the name', path: '/console/people?name=bruno&ask=erase', open: async (page, {t}) => {
            await page.locator('#erase-requested').check();
            await page.locator('#erase-understood').check();
            await inDialog(page, t('people.go_on'));
            await page.locator('#erase-name').waitFor();
        }},
        {name: 'how long names are kept', path: '/console/people', open: (page, {t}) => keepForDays(page, t)},
        {name: 'how long names are kept: whose', path: '/console/people', open: async (page, {t}) => {
            await keepForDays(page, t);
            await inDialog(page, t('people.go_on'));
            await page.getByRole('dialog').getByRole('button', {name: t('retention.keep'), exact: true}).waitFor();
        }},
    ];
}

const hosts = [
    {name: 'enrol a host', path: '/console/hosts?enrol=1'},
    {name: 'enrol a host: its token', path: '/console/hosts?enrol=1', open: async (page, {t}) => {
        await inDialog(page, t('hosts.make_token'));
        await page.locator('.calm-qr path').waitFor();
    }},
    {name: "a host's mode", path: '/console/hosts', open: (page, {t}) => choose(page, t('hosts.actions', {host: 'fs-1.example.org'}), t('task.set_mode'))},
    {name: 'remove a host', path: '/console/hosts', open: (page, {t}) => choose(page, t('hosts.actions', {host: 'fs-1.example.org'}), t('action.remove'))},
    {name: 'add a station', path: '/console/stations?add=1'},
    {name: 'console mode', path: '/console/stations?mode=1'},
    {name: 'change a station', path: '/console/stations', open: (page, {t}) => choose(page, t('stations.actions', {station: 'front-desk'}), t('stations.change'))},
    {name: 'remove a station', path: '/console/stations', open: (page, {t}) => choose(page, t('stations.actions', {station: 'front-desk'}), t('action.remove'))},
];

const accounts = [
    {name: "a row's menu", path: '/console/settings', stays: true, open: (page, {t}) => press(page, t('settings.account_actions', {account: 'vera'}))},
    {name: 'add an account', path: '/console/settings', open: (page, {t}) => press(page, t('settings.add_account'))},
    {name: "change an account's role", path: '/console/settings', open: (page, {t}) => choose(page, t('settings.account_actions', {account: 'vera'}), t('settings.role_change'))},
    {name: 'remove an account', path: '/console/settings', open: (page, {t}) => choose(page, t('settings.account_actions', {account: 'vera'}), t('action.remove'))},
    {name: "turn off somebody's second step", path: '/console/settings', open: (page, {t}) => choose(page, t('settings.account_actions', {account: 'tess'}), t('settings.factor_remove'))},
    {name: 'a second step: the password', path: '/console/settings?ask=second-step'},
    {name: 'the menu of the account', path: '/', stays: true, open: (page, {t}) => press(page, t('shell.you', {account: 'anna'}))},
    {name: 'the own password', path: '/', open: async (page, {t}) => {
        await choose(page, t('shell.you', {account: 'anna'}), t('password.change'));
        await page.locator('#wanted-password').fill('short');
        await page.locator('#wanted-password-again').fill('shorter');
    }},
    {name: 'a test message', path: '/console/alerts', open: (page, {t}) => press(page, t('alerts.test'))},
    {name: 'a test message: what became of it', path: '/console/alerts', open: async (page, {t}) => {
        await press(page, t('alerts.test'));
        await inDialog(page, t('alerts.test_send'));
        await page.getByRole('heading', {name: t('alerts.test_done')}).waitFor();
    }},
];

export const places = (at) => [...wizard(at), ...licenses(at), ...holders(at), ...hosts, ...accounts];
