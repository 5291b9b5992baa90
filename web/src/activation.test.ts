import {describe, expect, it} from 'vitest';
import {type ActivationVendor, fitsQr, usualReason, usualWay, wishFor} from './activation';

const vendor = (part: Partial<ActivationVendor> = {}): ActivationVendor => ({vendor: 'Contoso', key: 'k', fingerprint: 'f', state: 'not_activated', needed: true, requests: [], ...part});
const asker = {why: 'redeployed' as const, company: ' ', contact: 'anna@contoso.example', country: ''};

describe('what is asked of a clearinghouse', () => {
    it('is an activation the first time, and says only what was filled in', () => {
        expect(wishFor(vendor(), asker)).toEqual({vendor: 'k', purpose: 'activate', contact: 'anna@contoso.example'});
    });
    it('is another one afterwards, and says why', () => {
        expect(wishFor(vendor({serial: 3}), asker)).toEqual({vendor: 'k', purpose: 'reactivate', why: 'redeployed', contact: 'anna@contoso.example'});
        expect(usualReason(vendor({serial: 3, state: 'ended', until: '2026-11-20T00:00:00Z'}))).toBe('activation_expired');
        expect(usualReason(vendor({serial: 3, state: 'ended'}))).toBe('redeployed');
    });
    it('goes online where there is an address, and else by file', () => {
        const clearinghouse = {address: 'https://licenses.contoso.example', until: '2027-11-30T00:00:00Z'};
        expect(usualWay(vendor({clearinghouse}))).toBe('online');
        expect(usualWay(vendor({clearinghouse: {...clearinghouse, address: ''}}))).toBe('file');
        expect(usualWay(vendor())).toBe('file');
    });
    it('is carried by camera as long as it fits', () => {
        expect(fitsQr('x'.repeat(2_331))).toBe(true);
        expect(fitsQr('é'.repeat(1_166))).toBe(false);
    });
});
