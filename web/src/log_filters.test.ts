import {describe, expect, it} from 'vitest';
import {countUntil, fits, numberIn} from './log_filters';

const issued = {seq: 9, at: '2026-11-21T18:24:21Z', entry: 'cal_issued', cal: 4, holder: 7, pack: 2, host: 3};
const revoked = {seq: 12, at: '2026-11-23T00:00:00Z', entry: 'cal_revoked', cal: 4};

describe('entries of the log', () => {
    it('fit what they name', () => {
        expect(fits(issued, {})).toBe(true);
        expect(fits(issued, {host: 3, pack: 2, kinds: ['cal_issued']})).toBe(true);
        expect(fits(issued, {host: 4})).toBe(false);
        expect(fits(issued, {pack: 3})).toBe(false);
        expect(fits(issued, {kinds: ['pack_installed']})).toBe(false);
    });
    it('are of somebody by their number, and by the CALs that they have had', () => {
        const person = {subject: 7, cals: new Set([4])};
        expect([issued, revoked].every((each) => fits(each, {person}))).toBe(true);
        expect(fits({...revoked, cal: 5}, {person})).toBe(false);
        expect(fits({...issued, cal: 5, holder: 8, host: 7}, {person})).toBe(false);
    });
    it('are of the days that are asked for, both included', () => {
        expect(fits(issued, {from: '2026-11-21', until: '2026-11-21'})).toBe(true);
        expect(fits(issued, {from: '2026-11-22'})).toBe(false);
        expect(fits(issued, {until: '2026-11-20'})).toBe(false);
    });
    it('are counted up to a day without reading them all', async () => {
        const days = ['01', '01', '02', '02', '02', '05'];
        let read = 0;
        const count = (day: string) => countUntil(day, days.length, async (entry) => (++read, days[entry] as string));
        expect(await Promise.all(['00', '01', '03', '05', '09'].map(count))).toEqual([0, 2, 5, 6, 6]);
        expect(read).toBeLessThanOrEqual(5 * 3);
        expect(await countUntil('01', 0, () => Promise.reject(new Error('there is none')))).toBe(0);
    });
    it('are asked for by numbers alone', () => {
        expect(['7', '0', '-1', 'x', '', null].map(numberIn)).toEqual([7, undefined, undefined, undefined, undefined, undefined]);
    });
});
