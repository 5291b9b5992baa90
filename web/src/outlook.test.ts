import {describe, expect, it} from 'vitest';
import type {Forecast} from './api';
import {firstToRunOut, tooEarly} from './outlook';

const pool = (product: string, outcome: Forecast['outcome'], day?: string): Forecast => ({
    product, kind: 'per_user', outcome, day, used: 1, seats: 2, growth_per_day: 1, history_days: 20, samples: 20, window_days: 90, packs: [],
});

describe('the first pool to run out', () => {
    it('is the one with the earliest day', () => {
        expect(firstToRunOut([pool('a', 'runs_out', '2027-02-01'), pool('b', 'does_not_grow'), pool('c', 'runs_out', '2026-12-31')])?.product).toBe('c');
    });
    it('is one that is full before any day', () => {
        expect(firstToRunOut([pool('a', 'runs_out', '2026-12-01'), pool('b', 'full')])?.product).toBe('b');
    });
    it('is none where none is foreseen to', () => {
        expect(firstToRunOut([pool('a', 'not_within_years'), pool('b', 'not_enough_history')])).toBeUndefined();
    });
    it('is not known as long as no pool has a history', () => {
        expect(tooEarly([pool('a', 'not_enough_history')])).toBe(true);
        expect(tooEarly([pool('a', 'not_enough_history'), pool('b', 'does_not_grow')])).toBe(false);
        expect(tooEarly([])).toBe(false);
    });
});
