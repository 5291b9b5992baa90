import {describe, expect, it} from 'vitest';
import type {Host, Pack} from './api';
import {hostFindings, isOlder} from './host_findings';

const now = '2027-03-10T12:00:00Z';
const server = {ledger_time: now, started_at: '2027-03-01T00:00:00Z', version: '0.10.0'};
const contact = {at: '2027-03-10T11:59:30Z', version: '0.10.0', mode: 'per_user', mode_from: 'license_server', servers: ['https://a'], servers_from: 'file', clock_difference_s: 2} as const;
const host = (part: Partial<Host> = {}): Host => ({host: 1, name: 'fs-1', mode: 'per_user', preferred: 'per_user', enrolled_at: '2026-01-01T00:00:00Z', grace_until: '2026-05-01T00:00:00Z', contact: {...contact, servers: ['https://a']}, ...part});
const pack = (kind = 'per_user', state: Pack['state'] = 'usable'): Pack => ({pack: 1, product: 'a', kind, quantity: 5, used: 0, free: 5, channel: 'retail', declared: false, state});
const what = (of: Host, packs = [pack()]) => hostFindings(of, packs, server).map((each) => each.what);

describe('what is found about a host', () => {
    it('is nothing where all is well', () => expect(what(host())).toEqual([]));
    it('is that nobody has heard of it, once the server has run for a while', () => {
        expect(what(host({contact: undefined}))).toEqual(['never']);
        expect(hostFindings(host({contact: undefined}), [pack()], {...server, started_at: '2027-03-10T11:58:00Z'})).toEqual([]);
    });
    it('is that it fell silent, that its clock is off, that it is older', () => {
        expect(what(host({contact: {...contact, servers: [], at: '2027-03-10T11:50:00Z', clock_difference_s: -900, version: '0.9.3'}}))).toEqual(['silent', 'clock', 'older']);
    });
    it('is a mode that is missing, and no pack of the mode there is', () => {
        expect(what(host({mode: 'not_configured', contact: undefined}))).toContain('mode_missing');
        expect(what(host(), [pack('per_device')])).toEqual(['grace_over']);
        expect(what(host({grace_until: '2027-05-01T00:00:00Z'}), [pack('per_user', 'expired')])).toEqual(['no_packs']);
        expect(what(host({mode: 'either', contact: undefined}), [pack('per_device')])).toEqual(['never']);
    });
    it('is the end of its grace while there is time, and who says the mode', () => {
        expect(what(host({grace_until: '2027-03-20T00:00:00Z'}))).toEqual(['grace_ends']);
        expect(what(host({contact: {...contact, servers: [], mode: 'per_device', mode_from: 'policy'}}), [pack('per_device')])).toEqual(['mode_by_policy']);
    });
    it('is no missing mode where a host has not heard yet of the one that is set here', () => {
        expect(what(host({contact: {...contact, servers: [], mode: 'not_configured', mode_from: 'built_in'}}))).toEqual([]);
    });
    it('is what runs there without a license', () => {
        expect(what(host({unlicensed: [{product: 'sql', kind: 'core', missing: 4}]}))).toEqual(['unlicensed']);
    });
    it('compares versions by their numbers', () => {
        expect(isOlder('0.9.9', '0.10.0')).toBe(true);
        expect(isOlder('1.0', '1.0.0')).toBe(false);
        expect(isOlder('1.1', '1.0.7')).toBe(false);
    });
});
