// Lists of the API, which come page by page.
import {type Ask, get} from './api';

const pageMax = 1_000;

export interface Rows<Row> {
    rows: Row[];
    cursor?: string; // there are more
}

// As many as are wanted, or all there are: a page may come back shorter than asked, with a cursor.
export async function gathered<Row>(page: (limit: number, cursor: string | undefined) => Promise<Rows<Row>>, wanted: number): Promise<Rows<Row>> {
    const rows: Row[] = [];
    let cursor: string | undefined;
    do {
        const found = await page(Math.min(wanted - rows.length, pageMax), cursor);
        rows.push(...found.rows);
        cursor = found.cursor;
    } while (cursor && rows.length < wanted);
    return cursor ? {rows, cursor} : {rows};
}

// `path` is one of a list with its filters; `first` is the first page as it came. `tell` hears how many are there.
export async function gatheredFrom<Answer extends {cursor?: string}, Row>(path: string, rowsOf: (answer: Answer) => Row[], wanted: number, options: Ask = {}, tell?: (count: number) => void): Promise<Rows<Row> & {first: Answer | undefined}> {
    const [route, filters] = path.split('?');
    const query = new URLSearchParams(filters);
    let first: Answer | undefined;
    let count = 0;
    const found = await gathered(async (limit, cursor) => {
        query.set('limit', String(limit));
        if (cursor) query.set('cursor', cursor);
        const answer = await get<Answer>(`${route}?${query.toString()}`, options);
        first ??= answer;
        const rows = rowsOf(answer);
        tell?.((count += rows.length));
        return {rows, cursor: answer.cursor};
    }, wanted);
    return {...found, first};
}
