import {describe, expect, it} from 'vitest';
import type {Pack, Status} from './api';
import {concerns} from './attention';
import {fullness} from './fullness';

const now = '2026-11-28T12:00:00Z';
const status = (part: Partial<Status> = {}): Status => ({
    license_server_id: '', version: '1', started_at: now, epoch: 0, entries: 1, durable: 1, ledger_time: now, clock: {state: 'agrees', difference_s: 0}, issuing: true, hosts: 0, subjects: 0, cals: 0, fingerprint: '', products: [], alerts: {open: 0, acknowledged: 0, critical: 0, warning: 0}, grace: {hosts: 0, ending: 0, first: []}, without_mode: {hosts: 0}, grace_over: {hosts: 0}, silent: {hosts: 0}, modes: {per_device: 0, per_user: 0, not_configured: 0, either: 0}, stations: {registered: 0, covered: 0}, ...part,
});
const product = (used: number, owned: number, overuse = 0) => ({product: 'files-2026', requires: 'activated' as const, owned, used, temporary: 0, overuse, missing: overuse});
const what = (...args: Parameters<typeof concerns>) => concerns(...args).map((each) => each.what);

describe('what needs attention', () => {
    it('is nothing when all is well', () => {
        expect(what(status({products: [product(7, 10)]}), [])).toEqual([]);
    });
    it('is a pool at 80, 90 and 100 percent, each in its own words', () => {
        expect(what(status({products: [product(8, 10)]}), [])).toEqual(['pool_filling']);
        expect(what(status({products: [product(9, 10)]}), [])).toEqual(['pool_nearly']);
        expect(what(status({products: [product(10, 10)]}), [])).toEqual(['pool_full']);
    });
    it('says nothing of products that need no CALs', () => {
        expect(what(status({products: [{...product(0, 0), requires: 'none'}]}), [])).toEqual([]);
    });
    it('is told worst first', () => {
        const all = concerns(status({issuing: false, products: [product(8, 10), {...product(3, 3, 2), product: 'b-1'}]}), []);
        expect(all.map((each) => each.level)).toEqual(['danger', 'danger', 'warning', 'info']);
    });
    it('is a pack that ends within 30 days, and one that has ended', () => {
        const pack = (part: Partial<Pack>): Pack => ({pack: 1, product: 'files-2026', kind: 'per_user', quantity: 5, used: 0, free: 5, channel: 'retail', declared: false, state: 'usable', ...part});
        expect(what(status(), [pack({expires_at: '2026-12-27T12:00:00Z'})])).toEqual(['pack_expires']);
        expect(what(status(), [pack({expires_at: '2027-01-27T12:00:00Z'})])).toEqual([]);
        expect(what(status(), [pack({state: 'expired', expires_at: '2026-01-01T00:00:00Z'})])).toEqual(['pack_expired']);
    });
    it('is a vendor whose packs wait for an activation, or whose certificate has ended', () => {
        const activations: Status['activations'] = [{vendor: 'Contoso', state: 'not_activated'}, {vendor: 'Fabrikam', state: 'ended', until: now}, {vendor: 'Tailspin', state: 'activated', until: '2027-11-28T12:00:00Z'}];
        expect(concerns(status({activations}), []).map(({what: kind, values}) => [kind, values.vendor])).toEqual([['not_activated', 'Contoso'], ['activation_ended', 'Fabrikam']]);
    });
    it('is a restored backup while hosts are awaited', () => {
        const [restored] = concerns(status({restore: {hosts_awaited: 3, until: now}}), []);
        expect(restored?.what).toBe('restored');
        expect(restored?.count).toBe(3);
    });
    it('is a host whose grace ends soon or that has no mode, and one sentence for many', () => {
        const first = ['fs-1', 'fs-2'].map((name, index) => ({host: index + 1, name, grace_until: '2026-12-01T00:00:00Z'}));
        expect(what(status({grace: {hosts: 2, ending: 0, first}}), [])).toEqual([]);
        const two = concerns(status({grace: {hosts: 2, ending: 2, first}}), []);
        expect(two).toHaveLength(1);
        expect(two[0]?.count).toBe(2);
        expect(two[0]?.values.host).toBe('fs-1');
        expect(what(status({without_mode: {hosts: 1, first: 'fs-3'}}), [])).toEqual(['mode_missing']);
    });
});

describe('what is no good news although pools are', () => {
    it('is an alert that is open, by how serious it is', () => {
        const alerts = concerns(status({alerts: {open: 6, acknowledged: 2, critical: 1, warning: 2}}), []);
        expect(alerts.map(({what: kind, level, count}) => [kind, level, count])).toEqual([['alerts_critical', 'danger', 1], ['alerts_warning', 'warning', 2], ['alerts_notice', 'info', 3]]);
        expect(what(status({alerts: {open: 0, acknowledged: 3, critical: 0, warning: 0}}), [])).toEqual([]);
    });
    it('is a grace that is over without CALs, and a host that is silent', () => {
        const found = concerns(status({grace_over: {hosts: 2, first: 'fs-1'}, silent: {hosts: 12, first: 'fs-9'}}), []);
        expect(found.map(({what: kind, level, count, to}) => [kind, level, count, to])).toEqual([
            ['grace_over', 'danger', 2, '/console/hosts?state=grace_over'],
            ['silent', 'danger', 12, '/console/hosts?state=silent'],
        ]);
    });
    it('is stations that are refused for want of CALs', () => {
        expect(what(status({products: [{...product(7, 10), missing: 26}]}), [])).toEqual(['missing']);
        expect(what(status({products: [product(7, 10, 3)]}), [])).toEqual(['overuse']);
    });
});

it('a pool without seats is full as soon as anybody is in it', () => {
    expect(fullness(0, 0)).toBe('calm');
    expect(fullness(1, 0)).toBe('full');
});
