import {expect, it} from 'vitest';
import page from '../../docs/internals/documents.md?raw';
import {vendorShownBy} from './vendor_file';

const [, fingerprint = ''] = /```text fingerprint\n([^`]*)```/.exec(page) ?? [];
const [, sample = ''] = /```text vendor\n([^`]*)```/.exec(page) ?? [];

it("a vendor's file shows its name and the fingerprint of its key", async () => {
    const shown = await vendorShownBy(`Dear customer,\n${sample}`);
    expect(shown?.name).toBe('Contoso');
    expect(shown?.fingerprint).toBe(fingerprint.trim().replaceAll('\n', ' '));
    expect(await vendorShownBy(sample.replace(/\n/g, '\r\n'))).toEqual(shown);
});
it('what is none shows nothing', async () => {
    for (const text of ['', 'hello', sample.replaceAll('VENDOR', 'KEY PACK'), sample.replace('v4.public.', 'v4.public.A'), '-----BEGIN CALM VENDOR-----\nv4.public.e30\n-----END CALM VENDOR-----']) {
        expect(await vendorShownBy(text)).toBeUndefined();
    }
});
