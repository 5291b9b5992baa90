// The log recomputed in the browser: every line hashed into the Merkle tree of RFC 6962 and compared with the
// root that the license server signed. Where the browser can (Ed25519), the signatures are checked too: the
// ledger's identity key certifies the node's key, and the node's key signed the tree head.
import {ask, get} from './api';

export interface Verdict {
    holds: boolean;
    broken?: 'root' | 'signature';
    signature: 'checked' | 'unchecked';
    size: number;
    root: string;
    time: string;
}

interface SignedHead {
    head: string;
    identity: string;
    certificates: string[];
}

const linesAtOnce = 2_000;
const encoder = new TextEncoder();

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));

function joined(...parts: Uint8Array[]): Uint8Array {
    const out = new Uint8Array(parts.reduce((size, each) => size + each.length, 0));
    let at = 0;
    for (const each of parts) {
        out.set(each, at);
        at += each.length;
    }
    return out;
}

const leafHash = (line: string) => sha256(joined(Uint8Array.of(0), encoder.encode(line)));
const nodeHash = (left: Uint8Array, right: Uint8Array) => sha256(joined(Uint8Array.of(1), left, right));
export const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

// The right edge of a growing tree: the roots of its full subtrees, largest first.
export class Frontier {
    private readonly roots: {height: number; hash: Uint8Array}[] = [];

    async append(line: string): Promise<void> {
        let node = {height: 0, hash: await leafHash(line)};
        for (let last = this.roots.at(-1); last?.height === node.height; last = this.roots.at(-1)) {
            this.roots.pop();
            node = {height: node.height + 1, hash: await nodeHash(last.hash, node.hash)};
        }
        this.roots.push(node);
    }

    async root(): Promise<string> {
        let hash: Uint8Array | undefined;
        for (const each of [...this.roots].reverse()) hash = hash ? await nodeHash(each.hash, hash) : each.hash;
        return hex(hash ?? (await sha256(new Uint8Array())));
    }
}

export function fromBase64Url(text: string): Uint8Array {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (each) => each.charCodeAt(0));
}

// A PASETO v4.public token in its parts: the message, the signature (its last 64 bytes), the footer.
export function tokenParts(token: string): {message: Uint8Array; signature: Uint8Array; footer: Uint8Array} {
    const [version, purpose, body, footer] = token.split('.');
    if (version !== 'v4' || purpose !== 'public' || body === undefined) throw new Error('not a signed document');
    const bytes = fromBase64Url(body);
    return {message: bytes.slice(0, -64), signature: bytes.slice(-64), footer: fromBase64Url(footer ?? '')};
}

function preAuthentication(pieces: Uint8Array[]): Uint8Array {
    const size = (value: number) => {
        const out = new Uint8Array(8);
        new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
        return out;
    };
    return joined(size(pieces.length), ...pieces.flatMap((each) => [size(each.length), each]));
}

async function signatureHolds(token: string, key: string, assertion: string): Promise<boolean> {
    const {message, signature, footer} = tokenParts(token);
    const publicKey = await crypto.subtle.importKey('raw', fromBase64Url(key) as BufferSource, {name: 'Ed25519'}, false, ['verify']);
    const signed = preAuthentication([encoder.encode('v4.public.'), message, footer, encoder.encode(assertion)]);
    return crypto.subtle.verify({name: 'Ed25519'}, publicKey, signature as BufferSource, signed as BufferSource);
}

const payload = <T>(token: string): T => JSON.parse(new TextDecoder().decode(tokenParts(token).message)) as T;

// How many entries a signed head is of.
export const headSize = (head: string) => payload<{size: number}>(head).size;

async function canCheckSignatures(): Promise<boolean> {
    try {
        await crypto.subtle.importKey('raw', new Uint8Array(32).fill(1), {name: 'Ed25519'}, false, ['verify']);
        return true;
    } catch {
        return false;
    }
}

// The head is signed by a node whose key the ledger's identity has certified.
async function headIsSigned({head, identity, certificates}: SignedHead): Promise<boolean> {
    for (const certificate of certificates) {
        if (!(await signatureHolds(certificate, identity, 'calm.node-certificate.v1'))) continue;
        const {node} = payload<{node: string}>(certificate);
        if (await signatureHolds(head, node, 'calm.tree-head.v1')) return true;
    }
    return false;
}

export async function verifyLog(progress: (done: number, total: number) => void, signal: AbortSignal): Promise<Verdict> {
    const signed = await get<SignedHead>('/v1/audit/head', {signal});
    const head = payload<{size: number; root: string; time: string}>(signed.head);
    const frontier = new Frontier();
    let done = 0;
    while (done < head.size) {
        const limit = Math.min(linesAtOnce, head.size - done);
        const text = await (await ask(`/v1/audit?from=${done}&limit=${limit}`, {signal})).text();
        const lines = text.split('\n').filter(Boolean);
        if (lines.length === 0) break;
        for (const line of lines) await frontier.append(line);
        done += lines.length;
        progress(done, head.size);
    }
    const checked = await canCheckSignatures();
    const rootHolds = done === head.size && (await frontier.root()) === head.root;
    const signatureGood = !checked || (await headIsSigned(signed));
    return {
        holds: rootHolds && signatureGood,
        broken: rootHolds ? (signatureGood ? undefined : 'signature') : 'root',
        signature: checked ? 'checked' : 'unchecked',
        size: head.size,
        root: head.root,
        time: head.time,
    };
}
