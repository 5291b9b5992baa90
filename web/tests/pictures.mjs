// The pictures of the manual, in both languages: node pictures.mjs DIRECTORY [NAME...]. See tests/console/pictures.sh.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {joinIn} from './agent.mjs';
import {address, ask, browser, person} from './harness.mjs';
import {settled} from './accessible.mjs';
import {textsIn} from './texts.mjs';

const [into, ...wanted] = process.argv.slice(2);
const heardHost = 'fs-nice.example.org';
const password = 'correct horse battery';
const {cals = []} = (await ask('GET', '/v1/cals?holder=emma.martin')).body;

// English name, French name, address, and what is done there before the picture; `height`: else as high as the page.
const pictures = [
    {en: 'home', fr: 'accueil', path: '/', height: 1250},
    {en: 'alerts', fr: 'alertes', path: '/console/alerts?alert=1', height: 1240},
    {en: 'licenses', fr: 'licences', path: '/console/licenses', before: inLine, height: 1120},
    {en: 'over-time', fr: 'evolution', path: '/console/licenses?pool=terminal-services-2022+per_user', height: 640, act: overTime},
    {en: 'groups', fr: 'groupes', path: '/console/groups'},
    {en: 'holders', fr: 'titulaires', path: `/console/holders?cal=${cals.find((each) => each.product === 'terminal-services-2022')?.cal}`, width: 1440, height: 870},
    {en: 'devices', fr: 'peripheriques', path: '/console/devices'},
    {en: 'hosts', fr: 'hotes', path: '/console/hosts', before: heard, act: openHeard},
    {en: 'mode', fr: 'mode-fr', path: '/console/mode?hosts=1,2', before: heard},
    {en: 'add', fr: 'ajouter', path: '/console/add', height: 1580, act: packPasted},
    {en: 'agreement', fr: 'contrat', path: '/console/add?way=open', act: openLicense},
    {en: 'stations', fr: 'postes', path: '/console/stations'},
    {en: 'purchase', fr: 'demande-d-achat', path: '/console/purchase'},
    {en: 'products', fr: 'produits', path: '/console/products'},
    {en: 'compliance', fr: 'conformite', path: '/console/compliance'},
    {en: 'refusals', fr: 'refus', path: '/console/refusals'},
    {en: 'audit', fr: 'journal', path: '/console/audit', height: 760},
    {en: 'people', fr: 'personnes', path: '/console/people?name=bruno.martin'},
    {en: 'settings', fr: 'reglages', path: '/console/settings'},
    {en: 'second-step', fr: 'seconde-etape', path: '/console/settings?ask=second-step', height: 800, act: secondStep},
    {en: 'help', fr: 'aide', path: {en: '/console/help?search=grace', fr: '/console/help?search=gr%C3%A2ce'}, height: 900},
];

// Where nobody is signed in: on a server without accounts that of the first run, else the sign-in.
const {accounts} = (await ask('GET', '/v1/accounts')).body;
const door = accounts.length === 0 ? {en: 'first-run', fr: 'premiere-mise-en-route'} : {en: 'sign-in', fr: 'connexion'};

async function doorPictured(page, language) {
    if (wanted.length > 0 && !wanted.includes(door[language])) return;
    await page.setViewportSize({width: 1000, height: 620});
    await settled(page);
    await page.screenshot({path: join(into, `console-${door[language]}.png`)});
    await page.setViewportSize({width: 1280, height: 800}); // what follows waits for the navigation
    console.log(`console-${door[language]}.png`);
}

// Whoever waits loses the place after two minutes.
function inLine() {
    return ask('POST', '/v1/admissions', {product: 'cad-1', user: 'chloe.martin', host: 2, wait: true});
}

// A host whose agent runs: it has told of itself as soon as it is shown.
async function heard() {
    const contact = async () => (await ask('GET', `/v1/hosts?search=${heardHost}`)).body.hosts[0]?.contact;
    if (await contact()) return;
    await joinIn(heardHost, (await ask('POST', '/v1/hosts/tokens', {})).body.token);
    for (let i = 0; i < 600 && !(await contact()); ++i) await new Promise((go) => setTimeout(go, 100));
}

async function openHeard(page) {
    await page.getByRole('button', {name: heardHost, exact: true}).click();
    await page.getByText('127.0.0.1').first().waitFor();
}

async function packPasted(page) {
    await page.locator('#pack').fill(readFileSync(join(process.env.CALM_DESK, 'third.pack'), 'utf8'));
    await page.locator('#main form [type=submit]:not([disabled])').waitFor();
    await foreseen(page);
}

// What will change is there when the license server has looked ahead.
async function foreseen(page) {
    const {t} = textsIn(await page.evaluate(() => document.documentElement.lang));
    await page.getByText(t('add.refused.nobody')).waitFor();
}

async function openLicense(page) {
    await page.locator('#license-number').fill('1234 5678');
    await page.locator('#authorization').fill('98765XYZ');
    await page.locator('#product').selectOption('mail-2010');
    await foreseen(page);
}

async function overTime(page) {
    await page.locator('.calm-chart canvas').waitFor();
    await page.locator('.calm-over h2').first().evaluate((element) => element.scrollIntoView());
}

async function secondStep(page) {
    const dialog = page.getByRole('dialog');
    await dialog.locator('#own-password').fill(password);
    await dialog.locator('#own-password').press('Tab');
    await page.keyboard.press('Enter');
    await dialog.locator('.calm-qr path').waitFor();
}

// So that nothing has to be scrolled to.
async function fit(page) {
    const missing = await page.evaluate(() => Math.max(...[document.documentElement, ...document.querySelectorAll('main, .pf-v6-c-page__main')].map((each) => each.scrollHeight - each.clientHeight)));
    const {width, height} = page.viewportSize();
    await page.setViewportSize({width, height: Math.min(1500, height + missing)});
}

for (const language of ['en', 'fr']) {
    const {page, context, complaints} = await person({language});
    await page.goto(address);
    await page.evaluate((chosen) => localStorage.setItem('calm.language', chosen), language);
    await page.reload();
    await doorPictured(page, language);
    if (accounts.length === 0) {
        await context.close();
        continue;
    }
    await page.locator('#account').fill('anna');
    await page.locator('#password').fill(password);
    await page.keyboard.press('Enter');
    await page.locator('.pf-v6-c-page__sidebar').waitFor();
    for (const picture of pictures) {
        const name = picture[language];
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        await page.setViewportSize({width: picture.width ?? 1280, height: picture.height ?? 800});
        await picture.before?.();
        await page.goto(address + (picture.path[language] ?? picture.path));
        await settled(page);
        await page.getByText(/^(Reading the log|Lecture du journal)/).waitFor({state: 'detached'});
        await picture.act?.(page);
        if (!picture.height) await fit(page);
        await settled(page);
        await page.screenshot({path: join(into, `console-${name}.png`)});
        console.log(`console-${name}.png`);
    }
    if (complaints.length > 0) console.log(complaints.join('\n'));
    await context.close();
}
await browser.close();
process.exit(0);
