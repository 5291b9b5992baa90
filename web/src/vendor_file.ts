// What a vendor's file says of itself, for a person to compare. The license server has the last word: it checks the
// signature, and that the key has the fingerprint that was compared.
import {fromBase64Url, hex, tokenParts} from './verify';

export const vendorLabel = 'CALM VENDOR';

export interface ShownVendor {
    name: string;
    fingerprint: string;
}

// As `calm vendor show` prints it.
async function fingerprintOf(key: string): Promise<string> {
    const digest = await crypto.subtle.digest('SHA-256', fromBase64Url(key) as BufferSource);
    return hex(new Uint8Array(digest)).match(/.{4}/g)?.join(' ') ?? '';
}

// Nothing: it is no vendor's file.
export async function vendorShownBy(text: string): Promise<ShownVendor | undefined> {
    const [, block] = /-----BEGIN CALM VENDOR-----([\w.\s-]*?)-----END CALM VENDOR-----/.exec(text) ?? [];
    try {
        const {message} = tokenParts(block?.replace(/\s/g, '') ?? '');
        const {vendor, key} = JSON.parse(new TextDecoder().decode(message)) as Record<string, unknown>;
        return typeof vendor === 'string' && typeof key === 'string' ? {name: vendor, fingerprint: await fingerprintOf(key)} : undefined;
    } catch {
        return undefined;
    }
}
