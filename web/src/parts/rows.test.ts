import {expect, it} from 'vitest';
import {inSight} from './rows';

it('of a million rows only those in sight are on the page', () => {
    const [first, end] = inSight(1_000_000, 44 * 500_000, 600, 44);
    expect(first).toBe(500_000 - 8);
    expect(end - first).toBeLessThan(40);
});

it('the first and the last rows can be reached', () => {
    expect(inSight(1_000_000, 0, 600, 44)[0]).toBe(0);
    expect(inSight(1_000_000, 44 * 1_000_000 - 600, 600, 44)[1]).toBe(1_000_000);
    expect(inSight(3, 0, 600, 44)).toEqual([0, 3]);
    expect(inSight(0, 0, 600, 44)).toEqual([0, 0]);
});
