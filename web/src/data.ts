// What a page shows, kept fresh: read at once, again when the license server says that something has changed and every
// few seconds (so that a server that has fallen silent is noticed) while somebody looks, and kept between pages so that
// going back shows something at once.
import {useCallback, useEffect, useRef, useState} from 'react';
import {type Ask, get, Problem} from './api';
import {whenChanged} from './live';

const kept = new Map<string, unknown>();

const forgetters: (() => void)[] = [];

// What else is kept goes with it.
export function whenForgotten(forget: () => void): void {
    forgetters.push(forget);
}

export function forgetData(): void {
    kept.clear();
    forgetters.forEach((each) => each());
}

export interface Data<T> {
    data: T | undefined;
    problem: Problem | undefined;
    reload: () => Promise<void>;
}

// `path` undefined: nothing is read (the person may not, or nothing is chosen yet). `fetched` reads what takes more
// than one request; it stays the same function.
export function useData<T>(path: string | undefined, everyMs = 10_000, fetched: (path: string, options: Ask) => Promise<T> = get): Data<T> {
    const [state, setState] = useState<{path?: string; data?: T; problem?: Problem}>({});
    const latest = useRef(path);
    latest.current = path;

    const read = useCallback(
        async (background: boolean) => {
            if (path === undefined) return;
            try {
                const data = await fetched(path, {background});
                kept.set(path, data);
                if (latest.current === path) setState({path, data});
            } catch (error) {
                const problem = error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0);
                if (latest.current === path) setState({path, data: kept.get(path) as T | undefined, problem});
            }
        },
        [path, fetched],
    );

    useEffect(() => {
        void read(false);
        if (everyMs === 0) return undefined;
        const timer = setInterval(() => {
            if (!document.hidden) void read(true);
        }, everyMs);
        const unwatch = whenChanged(() => void read(true));
        const seen = () => {
            if (!document.hidden) void read(true);
        };
        document.addEventListener('visibilitychange', seen);
        return () => {
            clearInterval(timer);
            unwatch();
            document.removeEventListener('visibilitychange', seen);
        };
    }, [read, everyMs]);

    const current = state.path === path ? state : {};
    return {
        data: current.data ?? (path === undefined ? undefined : (kept.get(path) as T | undefined)),
        problem: current.problem,
        reload: useCallback(() => read(false), [read]),
    };
}

// While more of the same is fetched, what is there stays.
export function useStays<T>(of: string, data: T | undefined): T | undefined {
    const before = useRef<{of: string; data: T}>();
    if (data) before.current = {of, data};
    return data ?? (before.current?.of === of ? before.current.data : undefined);
}
