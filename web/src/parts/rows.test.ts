import {expect, it} from 'vitest';
import {inSight} from './rows';

const height = 600;
const row = 44;

it('of a million rows only those in sight are on the page', () => {
    for (let top = 0; top < 16_000_000 - height; top += 999_999) {
        const {first, end} = inSight(1_000_000, top, height, row);
        expect(end - first).toBeLessThan(40);
    }
});

it('the first and the last rows can be reached', () => {
    expect(inSight(1_000_000, 0, height, row).first).toBe(0);
    const last = inSight(1_000_000, 16_000_000 - height, height, row);
    expect(last.end).toBe(1_000_000);
    expect(last.after).toBe(0);
    expect(last.before + (last.end - last.first) * row).toBeCloseTo(16_000_000, 3);
    expect(inSight(3, 0, height, row)).toEqual({first: 0, end: 3, before: 0, after: 0});
    expect(inSight(0, 0, height, row)).toEqual({first: 0, end: 0, before: 0, after: 0});
});

it('a list that fits scrolls pixel by pixel, and is as high as its rows', () => {
    const {first, end, before, after} = inSight(10_000, 44_010, height, row);
    expect(before).toBe(first * row);
    expect(before + (end - first) * row + after).toBe(10_000 * row);
});

it('what is in sight covers the window wherever one scrolls', () => {
    for (let top = 0; top <= 16_000_000 - height; top += 12_345) {
        const {first, end, before} = inSight(1_000_000, top, height, row);
        expect(before).toBeLessThanOrEqual(top);
        expect(before + (end - first) * row).toBeGreaterThanOrEqual(top + height - 1e-3);
    }
});
