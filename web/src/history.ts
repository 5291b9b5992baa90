// How the position came about: what it was at the end of some days, read from the log day by day, the newest first.
// A day of the past changes no more, so it is asked for once.
import {useCallback, useEffect, useRef, useState} from 'react';
import {get, type Position, type PositionRow, Problem} from './api';
import {whenForgotten} from './data';

export const spans = ['1m', '3m', '12m'] as const;
export type Span = (typeof spans)[number];

// Days between two points, and so many points before today.
const steps: Record<Span, [days: number, points: number]> = {'1m': [3, 10], '3m': [7, 13], '12m': [30, 12]};

export interface Point {
    day: string;
    rows: PositionRow[];
}

// The days of a span, the newest first; `today` is one of them.
export function daysOf(span: Span, today: string): string[] {
    const [days, points] = steps[span];
    const from = Date.parse(`${today}T00:00:00Z`);
    return Array.from({length: points + 1}, (_, i) => new Date(from - i * days * 86_400_000).toISOString().slice(0, 10));
}

export type Measure = 'required' | 'owned' | 'held' | 'short' | 'free';

// What a point has of something, of one product and kind or of all of them.
export function sumOf(rows: PositionRow[], measure: Measure, product?: string, kind?: string): number {
    const of = (row: PositionRow) => (measure === 'free' ? Math.max(0, row.owned - row.held) : row[measure]);
    return rows.reduce((sum, row) => ((product ?? row.product) === row.product && (kind ?? row.kind) === row.kind ? sum + of(row) : sum), 0);
}

const known = new Map<string, PositionRow[]>();
whenForgotten(() => known.clear());

export interface History {
    points: Point[]; // the oldest first
    complete: boolean;
    begins: boolean; // the log is younger than what was asked for
    problem?: Problem;
    retry: () => void;
}

export function useHistory(span: Span, wanted: boolean): History {
    const [state, setState] = useState<{span: Span; points: Point[]; complete: boolean; begins: boolean; problem?: Problem}>();
    const [round, setRound] = useState(0);
    const latest = useRef(0);
    useEffect(() => {
        if (!wanted) return undefined;
        const mine = ++latest.current;
        const stop = new AbortController();
        const read = async () => {
            const points: Point[] = [];
            const tell = (more: {complete: boolean; begins?: boolean; problem?: Problem}) => latest.current === mine && setState({span, points: [...points].reverse(), begins: false, ...more});
            const days = daysOf(span, new Date().toISOString().slice(0, 10));
            for (const [i, day] of days.entries()) {
                if (latest.current !== mine) return;
                try {
                    let rows = i === 0 ? undefined : known.get(day);
                    if (!rows) {
                        rows = (await get<Position>(i === 0 ? '/v1/position?limit=1' : `/v1/position?limit=1&at=${day}`, {background: true, signal: stop.signal})).rows;
                        if (i > 0) known.set(day, rows);
                    }
                    points.push({day, rows});
                    tell({complete: i + 1 === days.length});
                } catch (error) {
                    if (stop.signal.aborted) return;
                    const problem = error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0);
                    // Before its beginning the log has nothing to tell.
                    if (problem.code === 'bad_query' && i > 0) tell({complete: true, begins: true});
                    else tell({complete: true, problem});
                    return;
                }
            }
        };
        void read();
        return () => stop.abort();
    }, [span, wanted, round]);
    const current = state?.span === span ? state : undefined;
    return {
        points: current?.points ?? [],
        complete: current?.complete ?? false,
        begins: current?.begins ?? false,
        problem: current?.problem,
        retry: useCallback(() => setRound((before) => before + 1), []),
    };
}
