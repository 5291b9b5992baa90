// CALs as rows of a list. All of them: a row's CAL is known by its number, so that any place of a million can be gone
// to at once. Those that fit a filter: page by page, as the API finds them.
import {useCallback, useEffect, useRef, useState} from 'react';
import {asProblem, type Cal, type Cals, get, type Problem, type Status} from './api';

const pageSize = 200;
const pagesKept = 200;
const leastFound = 50;

export interface CalRows {
    at: (index: number) => Cal | undefined; // undefined: not there yet
    total: number | undefined; // undefined: not known yet
    complete: boolean; // there are no more than `total`
    want: (first: number, end: number) => void; // these are in sight
    problem: Problem | undefined;
    reload: () => Promise<void>;
    replace: (cal: Cal) => void; // it has changed: shown at once, where it stands
}

// A page may come back shorter than asked, and with a cursor.
async function read(filter: string, limit: number, cursor: string | undefined): Promise<{cals: Cal[]; next: string | undefined}> {
    const query = new URLSearchParams(filter);
    query.set('limit', String(limit));
    if (cursor) query.set('cursor', cursor);
    const page = await get<Cals>(`/v1/cals?${query.toString()}`);
    return {cals: page.cals, next: page.cursor};
}

// CALs are numbered from 1 without a gap, and the cursor is a number.
async function readPage(page: number): Promise<Cal[]> {
    let cals: Cal[] = [];
    let cursor: string | undefined = String(page * pageSize);
    do {
        const found: Awaited<ReturnType<typeof read>> = await read('', pageSize - cals.length, cursor);
        cals = cals.concat(found.cals);
        cursor = found.next;
    } while (cursor && cals.length < pageSize);
    return cals;
}

function useAll(active: boolean): CalRows {
    const pages = useRef(new Map<number, Cal[]>());
    const sight = useRef<[number, number]>([0, 1]);
    const busy = useRef(false);
    const [, shown] = useState(0);
    const [total, setTotal] = useState<number>();
    const [problem, setProblem] = useState<Problem>();

    // One after the other, always what is in sight now: whoever drags the bar over a million rows asks for few.
    const fill = useCallback(async () => {
        if (busy.current) return;
        busy.current = true;
        try {
            for (;;) {
                const [first, end] = sight.current;
                const pageOf = (index: number) => Math.floor(index / pageSize);
                let page = pageOf(first);
                while (page <= pageOf(end - 1) && pages.current.has(page)) ++page;
                if (page > pageOf(end - 1)) break;
                pages.current.set(page, await readPage(page));
                const oldest = pages.current.keys().next().value;
                if (pages.current.size > pagesKept && oldest !== undefined) pages.current.delete(oldest);
                shown((n) => n + 1);
            }
        } catch (error) {
            setProblem(asProblem(error));
        }
        busy.current = false;
    }, []);
    const reload = useCallback(async () => {
        setProblem(undefined);
        try {
            const [status] = await Promise.all([get<Status>('/v1/status'), Promise.resolve(pages.current.clear()).then(fill)]);
            setTotal(status.cals);
        } catch (error) {
            setProblem(asProblem(error));
        }
    }, [fill]);
    useEffect(() => {
        if (active) void reload();
    }, [active, reload]);

    return {
        at: (index) => pages.current.get(Math.floor(index / pageSize))?.[index % pageSize],
        total,
        complete: true,
        want: useCallback(
            (first, end) => {
                sight.current = [first, Math.max(first + 1, end)];
                void fill();
            },
            [fill],
        ),
        problem,
        reload,
        replace: (cal) => {
            const page = pages.current.get(Math.floor((cal.cal - 1) / pageSize));
            if (page) page[(cal.cal - 1) % pageSize] = cal;
            shown((n) => n + 1);
        },
    };
}

interface Found {
    filter: string | undefined;
    cals?: Cal[];
    cursor?: string;
    complete: boolean;
    problem?: Problem;
}

function useSome(filter: string | undefined): CalRows {
    const [state, setState] = useState<Found>({filter, complete: false});
    const busy = useRef(false);
    const wanted = useRef(filter);

    const go = useCallback(async (forFilter: string, before: Cal[], from: string | undefined) => {
        busy.current = true;
        try {
            let cals = before;
            let cursor = from;
            // Where few CALs fit the filter, pages come back almost empty: go on until there is something to show.
            do {
                const page = await read(forFilter, pageSize, cursor);
                cals = cals.concat(page.cals);
                cursor = page.next;
            } while (cursor && cals.length < before.length + leastFound && wanted.current === forFilter);
            if (wanted.current === forFilter) setState({filter: forFilter, cals, cursor, complete: !cursor});
        } catch (error) {
            if (wanted.current === forFilter) setState({filter: forFilter, complete: true, problem: asProblem(error)});
        }
        busy.current = false;
    }, []);
    const reload = useCallback(async () => {
        if (filter !== undefined) await go(filter, [], undefined);
    }, [filter, go]);
    useEffect(() => {
        wanted.current = filter;
        setState({filter, complete: false});
        void reload();
    }, [filter, reload]);

    const found: Found = state.filter === filter ? state : {filter, complete: false};
    const {cals, cursor, complete} = found;
    return {
        at: (index) => cals?.[index],
        total: cals?.length,
        complete,
        want: useCallback(
            (_, end) => {
                if (filter !== undefined && !busy.current && !complete && cals && end >= cals.length) void go(filter, cals, cursor);
            },
            [cals, complete, cursor, filter, go],
        ),
        problem: found.problem,
        reload,
        replace: (cal) => setState((now) => ({...now, cals: now.cals?.map((each) => (each.cal === cal.cal ? cal : each))})),
    };
}

export function useCals(filter: string): CalRows {
    const all = useAll(filter === '');
    const some = useSome(filter === '' ? undefined : filter);
    return filter === '' ? all : some;
}
