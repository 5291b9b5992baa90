// The play of an initial grace that is over: a login is refused, Home says why, CALs are added there, and the login is
// admitted. The host and its agent are real ones.
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, ask, expect, finish, person, words} from './harness.mjs';

const desk = process.env.CALM_DESK;
const host = 'salle.example.org';
const password = 'correct horse battery';
// Somebody logs in at the host: its service asks its agent, which asks the license server.
const login = (user) => spawnSync('calm-hostd', ['--config', join(desk, 'host.toml'), 'test', '--service', 'sshd', '--user', user], {encoding: 'utf8'}).stdout;

await ask('POST', '/v1/accounts', {account: 'anna', role: 'owner', password});
const {page, complaints} = await person({language: 'fr'});
const {button, heading, shows} = words(page);

await expect('somebody is refused, and reads that the grace is over', async () => {
    for (let i = 0; i < 600; i++) {
        const said = login('bruno');
        if (/bruno is refused: no_cal_available/.test(said) && /grace/.test(said)) return;
        await new Promise((resolve) => setTimeout(resolve, 100)); // the agent is still starting
    }
    throw new Error(login('bruno'));
});
await expect('Accueil says that the grace of this host is over', async () => {
    await page.goto(address);
    await page.getByRole('textbox', {name: 'Compte', exact: true}).fill('anna');
    await page.getByLabel('Mot de passe').fill(password);
    await page.keyboard.press('Enter');
    await heading('Accueil');
    await shows(new RegExp(`La période de grâce initiale de l'hôte ${host} a pris fin le`));
});
await expect('and so do its findings, which lead to the mend', async () => {
    await page.goto(`${address}/console/hosts`);
    const row = page.getByRole('row', {name: new RegExp(host)}).first();
    await row.getByText('grâce terminée', {exact: true}).waitFor();
    await button(host).click();
    await shows("Il n'y a aucun pack utilisable de son type, et sa période de grâce est terminée");
    await page.getByRole('link', {name: 'Y remédier'}).click();
    await heading("Ajouter des licences d'accès client");
});
await expect('there the CALs are added', async () => {
    await page.getByRole('textbox', {name: 'Pack de licences'}).fill(readFileSync(join(desk, 'five.pack'), 'utf8'));
    await shows('files-2026 : de 0 à 5 CAL.');
    await button('Ajouter 5 CAL').click();
    await shows('0 sur 5');
});
await expect('and the same person is admitted, holds a CAL, and nothing is found any more', async () => {
    const said = login('bruno');
    if (!/bruno is admitted: cal_issued/.test(said)) throw new Error(said);
    await page.goto(`${address}/console/holders`);
    await page.getByRole('row', {name: /bruno/}).waitFor();
    await page.goto(`${address}/console/hosts`);
    await page.getByRole('row', {name: new RegExp(host)}).first().getByText('en ordre', {exact: true}).waitFor();
});
await expect('the browser had nothing to complain about', () => {
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
});
finish();
