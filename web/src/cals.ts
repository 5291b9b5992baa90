// CALs page by page, as the API gives them: a page may come back shorter than asked and with a cursor.
import {useCallback, useEffect, useRef, useState} from 'react';
import {type Cal, type Cals, get, Problem} from './api';

const pageSize = 500;

interface Found {
    filter: string;
    cals?: Cal[];
    cursor?: string;
    complete: boolean;
    problem?: Problem;
    told?: string; // what came of the last change
}

export function useCals(filter: string) {
    const [found, setFound] = useState<Found>({filter, complete: false});
    const busy = useRef(false);
    const wanted = useRef(filter);

    const read = useCallback(async (forFilter: string, before: Cal[], cursor: string | undefined) => {
        busy.current = true;
        try {
            const query = new URLSearchParams(forFilter);
            query.set('limit', String(pageSize));
            if (cursor) query.set('cursor', cursor);
            let cals = before;
            let next: string | undefined;
            // Where few CALs fit the filter, pages come back almost empty: go on until there is something to show.
            do {
                const page = await get<Cals>(`/v1/cals?${query.toString()}`);
                cals = cals.concat(page.cals);
                next = page.cursor;
                if (next) query.set('cursor', next);
            } while (next && cals.length < before.length + 50 && wanted.current === forFilter);
            if (wanted.current === forFilter) setFound({filter: forFilter, cals, cursor: next, complete: !next});
        } catch (error) {
            const problem = error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0);
            if (wanted.current === forFilter) setFound({filter: forFilter, complete: true, problem});
        }
        busy.current = false;
    }, []);

    useEffect(() => {
        wanted.current = filter;
        setFound({filter, complete: false});
        void read(filter, [], undefined);
    }, [filter, read]);

    const {cals, cursor, complete} = found;
    const more = useCallback(() => {
        if (!busy.current && !complete && cals) void read(filter, cals, cursor);
    }, [cals, complete, cursor, filter, read]);

    return {
        ...(found.filter === filter ? found : {complete: false, cals: undefined, problem: undefined, told: undefined}),
        more,
        reload: () => read(filter, [], undefined),
        // One of them has changed: shown at once, where it stands.
        replace: (cal: Cal, told: string) => setFound((now) => ({...now, told, cals: now.cals?.map((each) => (each.cal === cal.cal ? cal : each))})),
    };
}
