import {expect, it} from 'vitest';
import type {Cal} from './api';
import {endOf, endOfDay, holdingOf, lastDay, mayLend, mayRecall} from './holding';

const cal: Cal = {cal: 1, state: 'active', kind: 'per_user', product: 'cad-1', holder: {subject: 1, kind: 'user', name: 'anna'}, overuse: false, pack: 1, issued_at: '2026-11-29T10:00:00Z', expires_at: '2027-01-28T10:00:00Z', entry: 1};
const lent: Cal = {...cal, lent: {cal: 2, until: '2026-12-21T00:00:00Z', why: 'absence'}};

it('a CAL is lent, stands in, or is in use; one that has ended is neither', () => {
    expect(holdingOf(cal)).toBeUndefined();
    expect(holdingOf(lent)).toBe('lent');
    expect(holdingOf({...cal, of: 7})).toBe('stands_in');
    expect(holdingOf({...cal, lease: true})).toBe('in_use');
    expect(holdingOf({...cal, of: 7, state: 'returned'})).toBeUndefined();
});

it('a CAL is offered to be lent only at a seat that is its own', () => {
    expect(mayLend(cal)).toBe(true);
    for (const other of [lent, {...cal, of: 7}, {...cal, lease: true}, {...cal, overuse: true}, {...cal, state: 'temporary' as const, pack: undefined}, {...cal, holder: {subject: 1, kind: 'station' as const}}]) expect(mayLend(other)).toBe(false);
    expect([cal, lent, {...cal, of: 7}, {...cal, lease: true}].map(mayRecall)).toEqual([false, true, true, false]);
});

it('a loan ends with its last day, and that day is told', () => {
    for (const day of ['2026-12-20', '2026-12-31', '2028-02-29']) {
        const until = endOfDay(day);
        expect(until).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
        expect(new Date(until).getTime()).toBeGreaterThan(new Date(`${day}T23:59:59`).getTime());
        expect(lastDay(until)).toBe(new Intl.DateTimeFormat('en', {dateStyle: 'medium'}).format(new Date(`${day}T12:00:00`)));
    }
});

it('a concurrent seat ends at a minute of today, or on a day', () => {
    const inUse = (end: Date): Cal => ({...cal, lease: true, expires_at: end.toISOString()});
    const now = new Date();
    expect(endOf(inUse(now))).toBe(new Intl.DateTimeFormat('en', {timeStyle: 'short'}).format(now));
    const tomorrow = new Date(now.getTime() + 86_400_000);
    expect(endOf(inUse(tomorrow))).toBe(new Intl.DateTimeFormat('en', {dateStyle: 'medium'}).format(tomorrow));
});
