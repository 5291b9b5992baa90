import {describe, expect, it} from 'vitest';
import {Frontier, fromBase64Url} from './verify';

async function rootOf(lines: string[]): Promise<string> {
    const frontier = new Frontier();
    for (const each of lines) await frontier.append(each);
    return frontier.root();
}

describe('the root of the log', () => {
    // The published vectors of Certificate Transparency's tests whose leaves are text; the empty one is SHA-256 of nothing.
    it('is what RFC 6962 says of no entry and of an empty one', async () => {
        expect(await rootOf([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
        expect(await rootOf([''])).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    });

    it('joins the right edge as RFC 6962 does, for trees that are no power of two', async () => {
        const hash = async (bytes: Uint8Array) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));
        const leaf = (text: string) => hash(Uint8Array.from([0, ...new TextEncoder().encode(text)]));
        const node = (a: Uint8Array, b: Uint8Array) => hash(Uint8Array.from([1, ...a, ...b]));
        const hex = (bytes: Uint8Array) => Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('');
        const [a, b, c, d, e] = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(leaf));
        if (!a || !b || !c || !d || !e) throw new Error('five leaves');
        expect(await rootOf(['a', 'b', 'c'])).toBe(hex(await node(await node(a, b), c)));
        expect(await rootOf(['a', 'b', 'c', 'd', 'e'])).toBe(hex(await node(await node(await node(a, b), await node(c, d)), e)));
    });

    it('changes with every character', async () => {
        expect(await rootOf(['a', 'b', 'c'])).not.toBe(await rootOf(['a', 'B', 'c']));
        expect(await rootOf(['a', 'b', 'c'])).not.toBe(await rootOf(['b', 'a', 'c']));
        expect(await rootOf(['a', 'b', 'c'])).not.toBe(await rootOf(['a', 'b']));
    });
});

it('base64url is read with its own two letters and no padding', () => {
    expect([...fromBase64Url('-_8')]).toEqual([0xfb, 0xff]);
});
