// What the pictures of the manual show: a school's license server, $1 days before today.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {request} from 'node:http';

const days = Number(process.argv[2]);

function ask(method, path, body) {
    return new Promise((resolve, reject) => {
        const plain = typeof body === 'string';
        const text = body === undefined ? '' : plain ? body : JSON.stringify(body);
        const headers = {'Content-Type': plain ? 'text/plain' : 'application/json', 'If-Match': '*', 'Content-Length': Buffer.byteLength(text)};
        const asked = request({socketPath: process.env.CALM_SOCKET, method, path, headers}, (answer) => {
            let all = '';
            answer.on('data', (part) => (all += part));
            answer.on('end', () => (answer.statusCode < 300 ? resolve(all === '' ? undefined : JSON.parse(all)) : reject(new Error(`${method} ${path}: ${all}`))));
        });
        asked.on('error', reject);
        asked.end(text);
    });
}

const pack = (name) => ask('POST', '/v1/packs', readFileSync(join(process.env.CALM_DESK, name), 'utf8'));
const admit = (product, who, host) => ask('POST', '/v1/admissions', {product, host, ...who});
const given = ['anna', 'bruno', 'chloe', 'dora', 'emma', 'farid', 'gina', 'hugo', 'ines', 'jules', 'karim', 'lena', 'marc', 'nina', 'otto'];
const family = ['martin', 'bernard', 'petit'];
const people = family.flatMap((last) => given.map((first) => `${first}.${last}`));

async function enrol(name, grace, mode) {
    await ask('PUT', '/v1/settings', {initial_grace_days: grace});
    const {token} = await ask('POST', '/v1/hosts/tokens', {});
    const key = [...name].map((each) => each.charCodeAt(0).toString(16)).join('').padEnd(64, '0').slice(0, 64);
    return (await ask('POST', '/v1/hosts', {token, name, public_key: key, mode})).host;
}

if (days === 90) {
    for (const [account, role] of [['anna', 'owner'], ['clara', 'operator'], ['oscar', 'auditor']]) await ask('POST', '/v1/accounts', {account, role, password: 'correct horse battery'});
    await ask('POST', '/v1/products', {product: 'terminal-services-2022', requires: 'activated', overuse: 'refuse'});
    await ask('POST', '/v1/products', {product: 'mail-2010', requires: 'trusted'});
    await pack('first.pack');
    await ask('POST', '/v1/packs', {declared: {product: 'mail-2010', kind: 'per_user', quantity: 30}});
    await enrol('fs-paris.example.org', 101, 'per_user');
    await enrol('fs-lyon.example.org', 60, 'either');
    await enrol('mail.example.org', 30, 'per_user');
}
if (days === 30) await pack('second.pack');
if (days === 12) await admit('cad-1', {user: 'nina.petit'}, 2);
// Everybody comes at least once a week; there are more of them every week.
const users = Math.round(8 + (90 - days) * 0.41);
for (const [index, user] of people.slice(0, users).entries()) {
    await admit('terminal-services-2022', {user}, (index % 2) + 1);
    if (index % 3 === 0) await admit('mail-2010', {user}, 3);
}
if (days === 0) {
    const soon = (n) => `${new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
    await ask('POST', '/v1/products', {product: 'wms-2011', requires: 'activated'});
    await ask('POST', '/v1/products', {product: 'cad-1', requires: 'activated', overuse: 'refuse'});
    await ask('POST', '/v1/products', {product: 'kiosk-1', requires: 'activated', temporary_days: 0});
    for (const name of ['stations.pack', 'floating.pack', 'kiosk.pack']) await pack(name);
    await ask('POST', '/v1/packs', {declared: {product: 'mail-2010', kind: 'per_device', quantity: 5, expires_at: soon(20)}});
    const room = await enrol('room-a.example.org', 0, 'per_user');
    const hall = await enrol('hall.example.org', 120, 'not_configured');
    const station = (name, kind, host = room, shows = undefined) => ask('POST', '/v1/stations', {name, host: host === room ? 'room-a.example.org' : 'hall.example.org', kind, shows});
    await station('desktop-1', 'virtual_desktop');
    for (const [name, kind, shows] of [['front-desk', 'local'], ['library', 'remote'], ['room-a', 'console'], ['window-1', 'local'], ['window-2', 'remote', 'desktop-1'], ['corner', 'local']]) await station(name, kind, room, shows);
    await station('hall-1', 'local', hall);
    for (const name of ['desktop-1', 'front-desk', 'room-a', 'window-1', 'library']) await admit('wms-2011', {station: name}, room);
    await ask('PUT', `/v1/hosts/${hall}`, {console_mode: true});
    for (const user of ['bruno.martin', 'dora.petit']) await admit('cad-1', {user}, 1);
    await admit('cad-1', {user: 'chloe.martin', wait: true}, 2);
    // Who finds every seat in use, and a product that nobody has.
    for (const user of ['jules.petit', 'jules.petit', 'jules.petit', 'karim.bernard', 'gina.martin']) await admit('cad-1', {user, device: `pc-${user.slice(0, 1)}1`}, 2);
    await admit('cad-2', {user: 'otto.petit'}, 1);
    await admit('wms-2011', {station: 'hall-1'}, hall);
    for (const [device, hardware_id] of [['foyer-1', 'AA11'], ['reading-room', 'BB22'], ['reading-room-pc', 'CC33'], ['foyer-pc', 'AA11']]) await admit('kiosk-1', {device, hardware_id}, 2);
    await ask('POST', '/v1/devices/merge', {device: 'reading-room-pc', other: 'reading-room'});
    for (const [group, members] of [['engineers', ['bruno.martin', 'dora.petit', 'ines.martin']], ['library', ['lena.martin', 'nina.bernard']]]) {
        for (const user of members) await ask('POST', `/v1/groups/${group}/join`, {user});
    }
    const {packs} = await ask('GET', '/v1/packs');
    await ask('PUT', `/v1/packs/${packs.find((each) => each.product === 'mail-2010' && each.kind === 'per_user').pack}/reservations`, {group: 'library', seats: 4});
    const {cals} = await ask('GET', '/v1/cals?holder=emma.martin&product=terminal-services-2022');
    await ask('POST', `/v1/cals/${cals[0].cal}/lend`, {to: 'tom.weber', until: soon(14)});
}
