// A vendor with a clearinghouse of its own, for the plays that need real answers: Fabrikam, who sells product keys,
// packs that ask for activation, and reads codes out.
import {execFileSync, spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {ask} from './harness.mjs';

const desk = process.env.CALM_DESK;
const calm = (...words) => execFileSync('calm', words, {cwd: desk, stdio: 'pipe', encoding: 'utf8'});

// A port that nobody has at this moment: the certificate names the address before anybody listens there.
function freePort() {
    return new Promise((resolve, reject) => {
        const listener = createServer();
        listener.once('error', reject);
        listener.listen(0, '127.0.0.1', () => {
            const {port} = listener.address();
            listener.close(() => resolve(port));
        });
    });
}

export async function clearinghouse(vendor) {
    const port = await freePort();
    const house = `http://127.0.0.1:${port}`;
    const socket = join(desk, 'house.sock');
    // What is read out is valid from the day's first second on.
    const dayBefore = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    calm('vendor', 'init', vendor, '--buy-url', 'https://fabrikam.example/buy', '--output', 'fabrikam', '--passphrase-file', 'passphrase');
    calm('vendor', 'clearinghouse', '--key', 'fabrikam.key', '--address', house, '--from', dayBefore, '--passphrase-file', 'passphrase', '--new-passphrase-file', 'passphrase', '--output', 'house');
    writeFileSync(
        join(desk, 'house.toml'),
        `[data]\ndirectory = "${join(desk, 'house.data')}"\n[listen]\nsocket = "${socket}"\nplain_address = "127.0.0.1"\nplain_port = ${port}\n[signing]\nkey = "${join(desk, 'house.key')}"\n` +
            `certificate = "${join(desk, 'house.cert')}"\nvendor = "${join(desk, 'house.vendor')}"\npassphrase_file = "${join(desk, 'passphrase')}"\n`,
    );
    const server = spawn('calm-clearinghouse', ['--config', join(desk, 'house.toml')], {stdio: ['ignore', 'ignore', 'pipe']});
    let said = '';
    server.stderr.on('data', (part) => (said += part));
    process.on('exit', () => server.kill('SIGKILL'));
    const must = async (method, path, body) => {
        const answer = await ask(method, path, body, {socket});
        if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
        return answer.body;
    };
    let up = false;
    for (let i = 0; i < 150 && !up; ++i) {
        up = await ask('GET', '/v1/products', undefined, {socket}).then(({status}) => status === 200, () => false);
        if (!up) await new Promise((go) => setTimeout(go, 100));
    }
    if (!up) throw new Error(`the clearinghouse does not answer: ${said}`);
    return {
        address: house,
        vendorFile: readFileSync(join(desk, 'house.vendor'), 'utf8'),
        fingerprint: JSON.parse(calm('vendor', 'show', 'house.vendor', '--json')).fingerprint,
        must,
        // What the vendor's own page would do with a request that somebody brings.
        answer: async (request) => {
            const response = await fetch(`${house}/v1/activations`, {method: 'POST', headers: {'Content-Type': 'text/plain'}, body: request});
            const text = await response.text();
            if (response.status !== 200) throw new Error(`${response.status} ${text}`);
            return text;
        },
        keys: async (product, quantity, count) => {
            const {customer} = await must('POST', '/v1/customers', {name: 'Contoso'});
            return (await must('POST', '/v1/orders', {customer, product, kind: 'per_user', quantity, channel: 'retail', keys: count})).keys;
        },
        end: () => server.kill('SIGTERM'),
    };
}
