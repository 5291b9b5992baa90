import {describe, expect, it} from 'vitest';
import {gathered, type Rows} from './gathered';

// Rows 1 to `count`, the newest first, in pages of which none is longer than `page`; some are empty.
function server(count: number, page: number) {
    const asked: number[] = [];
    const answer = async (limit: number, cursor: string | undefined): Promise<Rows<number>> => {
        asked.push(limit);
        if (asked.length % 2 === 0) return {rows: [], cursor};
        const from = cursor === undefined ? count : Number(cursor) - 1;
        const end = Math.max(0, from - Math.min(limit, page));
        const rows = Array.from({length: from - end}, (_, index) => from - index);
        return end > 0 ? {rows, cursor: String(end + 1)} : {rows};
    };
    return {answer, asked};
}

describe('rows are gathered', () => {
    it('over short and empty pages, each once, the newest first', async () => {
        const found = await gathered(server(7, 2).answer, 50);
        expect(found.rows).toEqual([7, 6, 5, 4, 3, 2, 1]);
        expect(found.cursor).toBeUndefined();
    });
    it('as many as are wanted, and says that there are more', async () => {
        const found = await gathered(server(7, 2).answer, 5);
        expect(found.rows).toEqual([7, 6, 5, 4, 3]);
        expect(found.cursor).toBeDefined();
    });
    it('at most a thousand at a time', async () => {
        const {answer, asked} = server(2_500, 5_000);
        expect((await gathered(answer, 2_500)).rows).toHaveLength(2_500);
        expect(Math.max(...asked)).toBe(1_000);
    });
});
