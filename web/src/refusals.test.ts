import {afterEach, describe, expect, it, vi} from 'vitest';
import type {RefusedAttempt} from './api';
import {addressOf, askedFor, attemptsOf, daysIn, firstDay, readRefusals, whoOf} from './refusals';

const now = Date.parse('2026-11-30T23:30:00Z');
const row = (refusal: number, more: Partial<RefusedAttempt> = {}): RefusedAttempt => ({
    refusal, day: '2026-11-30', product: 'files-2026', reason: 'no_cal_available', attempts: 1, first_at: '2026-11-30T08:00:00Z', last_at: '2026-11-30T09:00:00Z', sentence: '', offline: false, ...more,
});

describe('what is asked for', () => {
    it('begins so many days ago, today being one of them', () => {
        expect(firstDay(1, now)).toBe('2026-11-30');
        expect(firstDay(7, now)).toBe('2026-11-24');
        expect(firstDay(400, now)).toBe('2025-10-27');
    });
    it('is what the address says, and thirty days unless it says one of the periods', () => {
        expect(daysIn(new URLSearchParams('days=7'))).toBe(7);
        expect(daysIn(new URLSearchParams(''))).toBe(30);
        expect(daysIn(new URLSearchParams('days=1000000'))).toBe(30);
        const query = new URLSearchParams({days: '7', product: 'a&b', name: '', refusal: '3'});
        expect(askedFor(query, now)).toBe('/v1/refusals?since=2026-11-24&product=a%26b');
        expect(askedFor(query, now, [])).toBe('/v1/refusals?since=2026-11-24');
    });
});

describe('who came', () => {
    it('is named with what they are, and leads to where more is known', () => {
        const [user, device] = whoOf(row(1, {user: 'emma=1', device: 'kiosk-1'}));
        expect([user?.kind, device?.name]).toEqual(['user', 'kiosk-1']);
        expect(user && addressOf(user)).toBe('/console/holders?holder=emma%3D1');
        expect(addressOf({kind: 'station', name: 'front desk'})).toBe('/console/stations?search=front%20desk');
    });
    it('is nobody where others are counted together', () => {
        expect(whoOf(row(1, {others: true}))).toEqual([]);
    });
});

it('attempts are those of all products and reasons', () => {
    const total = {product: 'a', reason: 'no_cal_available', who: 1, days: 1};
    expect(attemptsOf([{...total, attempts: 3}, {...total, product: 'b', attempts: 4}])).toBe(7);
    expect(attemptsOf()).toBe(0);
});

describe('refusals are read', () => {
    afterEach(() => vi.unstubAllGlobals());
    const asked: string[] = [];
    const answers = (...pages: object[]) => {
        asked.length = 0;
        vi.stubGlobal('fetch', async (path: string) => {
            asked.push(path);
            return new Response(JSON.stringify(pages[asked.length - 1]));
        });
    };
    const head = {since: '2026-11-01', until: '2026-11-30', kept_days: 400};

    it('page by page, with the totals of the first, and a row that came to the front meanwhile once', async () => {
        answers({...head, totals: [], refusals: [row(9, {attempts: 2}), row(8)], cursor: 'c'}, {...head, refusals: [row(9), row(7)]});
        const told: number[] = [];
        const found = await readRefusals('/v1/refusals?since=2026-11-01', {}, (count) => told.push(count));
        expect(found.refusals.map((each) => [each.refusal, each.attempts])).toEqual([[9, 2], [8, 1], [7, 1]]);
        expect(found.totals).toEqual([]);
        expect(found.cursor).toBeUndefined();
        expect(told).toEqual([2, 4]);
        expect(asked).toEqual(['/v1/refusals?since=2026-11-01&limit=1000', '/v1/refusals?since=2026-11-01&limit=1000&cursor=c']);
    });
    it('as many as are wanted, and it is said that there are more', async () => {
        answers({...head, refusals: [row(9)], cursor: 'c'});
        expect((await readRefusals('/v1/refusals?since=2026-11-01&limit=1')).cursor).toBe('c');
        expect(asked).toHaveLength(1);
    });
});
