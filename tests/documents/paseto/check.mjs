// Our documents under the npm package `paseto`, and its documents for ours to read.
//
//   node check.mjs verify KIND FILE        prints the payload of the armoured document, verified
//   node check.mjs make DIRECTORY          writes npm.vendor and npm.pack, signed by a key of its own
import {createHash, createPublicKey, generateKeyPairSync, randomBytes} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {V4} from 'paseto';

const labels = {
    'calm.vendor.v1': 'CALM VENDOR',
    'calm.key-pack.v1': 'CALM KEY PACK',
    'calm.activation-request.v1': 'CALM ACTIVATION REQUEST',
};

const unarmour = (label, text) => {
    const found = new RegExp(`-----BEGIN ${label}-----\r?\n([^]*?)-----END ${label}-----`).exec(text);
    if (!found) throw new Error(`there is no ${label} in it`);
    return found[1].replace(/\s/g, '');
};

const armour = (label, token) =>
    `-----BEGIN ${label}-----\n${token.match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`;

const keyId = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

// The key that a document says it was signed by stands in it.
const signer = {
    'calm.vendor.v1': (payload) => payload.key,
    'calm.key-pack.v1': (payload) => payload.vendor_key,
    'calm.activation-request.v1': (payload) => payload.key,
};

async function verify(kind, file) {
    const token = unarmour(labels[kind], readFileSync(file, 'utf8'));
    const unverified = Buffer.from(token.split('.')[2], 'base64url').subarray(0, -64);
    const key = Buffer.from(signer[kind](JSON.parse(unverified)), 'base64url');
    const {payload, footer} = await V4.verify(token, V4.bytesToKeyObject(key), {assertion: kind, buffer: true, complete: true});
    if (JSON.parse(footer).kid !== keyId(key)) throw new Error('the footer names another key');
    // Under another assertion it is no document.
    await V4.verify(token, V4.bytesToKeyObject(key), {assertion: 'calm.report.v1', buffer: true}).then(
        () => { throw new Error('it verifies as another kind'); },
        () => {},
    );
    process.stdout.write(`${payload}\n`);
}

async function make(directory) {
    const {privateKey} = generateKeyPairSync('ed25519');
    const raw = Buffer.from(createPublicKey(privateKey).export({format: 'jwk'}).x, 'base64url');
    const key = raw.toString('base64url');
    const sign = (kind, payload) =>
        V4.sign(Buffer.from(JSON.stringify(payload)), privateKey, {assertion: kind, footer: JSON.stringify({kid: keyId(raw)})});
    const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
    const vendor = await sign('calm.vendor.v1', {vendor: 'Node Ltd', key, issued_at: day(-1)});
    const pack = await sign('calm.key-pack.v1', {
        pack: randomBytes(16).toString('hex'), product: 'files-2026', family: 'files', version: 2026, kind: 'per_user', quantity: 7,
        channel: 'retail', not_before: day(-1), expires_at: day(30), vendor: 'Node Ltd', vendor_key: key, issued_at: day(-1),
    });
    writeFileSync(`${directory}/npm.vendor`, armour('CALM VENDOR', vendor));
    writeFileSync(`${directory}/npm.pack`, armour('CALM KEY PACK', pack));
}

const [verb, ...rest] = process.argv.slice(2);
await (verb === 'verify' ? verify(...rest) : make(...rest));
