import {describe, expect, it} from 'vitest';
import {gathered, typed} from './alerts';
import type {Alert, Alerts} from './api';

// Alerts 1 to `count`, the newest first, in pages of which none is longer than `page`; some are empty.
function server(count: number, page: number) {
    const asked: number[] = [];
    const answer = async (limit: number, cursor: string | undefined): Promise<Alerts> => {
        asked.push(limit);
        if (asked.length % 2 === 0) return {alerts: [], cursor};
        const from = cursor === undefined ? count : Number(cursor) - 1;
        const end = Math.max(0, from - Math.min(limit, page));
        const alerts = Array.from({length: from - end}, (_, index) => ({alert: from - index}) as Alert);
        return end > 0 ? {alerts, cursor: String(end + 1)} : {alerts};
    };
    return {answer, asked};
}
const numbers = (found: Alerts) => found.alerts.map((each) => each.alert);

describe('alerts are gathered', () => {
    it('over short and empty pages, each once, the newest first', async () => {
        const found = await gathered(server(7, 2).answer, 50);
        expect(numbers(found)).toEqual([7, 6, 5, 4, 3, 2, 1]);
        expect(found.cursor).toBeUndefined();
    });
    it('as many as are wanted, and says that there are more', async () => {
        const found = await gathered(server(7, 2).answer, 5);
        expect(numbers(found)).toEqual([7, 6, 5, 4, 3]);
        expect(found.cursor).toBeDefined();
    });
    it('at most a thousand at a time', async () => {
        const {answer, asked} = server(2_500, 5_000);
        expect(numbers(await gathered(answer, 2_500))).toHaveLength(2_500);
        expect(Math.max(...asked)).toBe(1_000);
    });
});

it('what is to be typed stands between backticks', () => {
    expect(typed('Run `calm clock accept`.')).toEqual([
        {text: 'Run ', code: false},
        {text: 'calm clock accept', code: true},
        {text: '.', code: false},
    ]);
});
