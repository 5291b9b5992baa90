import {expect, it} from 'vitest';
import type {PositionRow} from './api';
import {daysOf, spans, sumOf} from './history';

const row = (product: string, kind: string, owned: number, held: number) => ({product, kind, owned, held, required: held, short: Math.max(0, held - owned)}) as PositionRow;

it('a span is a bounded number of days, from today back', () => {
    expect(daysOf('1m', '2026-03-02').slice(0, 3)).toEqual(['2026-03-02', '2026-02-27', '2026-02-24']);
    expect(daysOf('3m', '2026-03-02').at(-1)).toBe('2025-12-01');
    expect(daysOf('12m', '2026-03-02').at(-1)).toBe('2025-03-07');
    for (const span of spans) expect(daysOf(span, '2026-03-02').length).toBeLessThanOrEqual(14);
});
it('a point is summed over all, over a product, or over one kind of it', () => {
    const rows = [row('a', 'per_user', 10, 4), row('a', 'per_device', 2, 3), row('b', 'per_user', 5, 5)];
    expect(sumOf(rows, 'owned')).toBe(17);
    expect(sumOf(rows, 'held', 'a')).toBe(7);
    expect(sumOf(rows, 'free', 'a', 'per_user')).toBe(6);
    expect(sumOf(rows, 'free', 'a', 'per_device')).toBe(0);
    expect(sumOf(rows, 'short', 'a')).toBe(1);
    expect(sumOf(rows, 'held', 'c')).toBe(0);
});
