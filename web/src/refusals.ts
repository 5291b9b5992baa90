// Who was refused: what is asked for, and what the rows say.
import type {Ask, RefusedAttempt, RefusedAttempts} from './api';
import {gatheredFrom} from './gathered';

export const periods = [7, 30, 90, 400] as const;
export const usualDays = 30;
const dayMs = 86_400_000;

// The first of so many days of which `now` is the last; the license server's are those of UTC.
export function firstDay(days: number, now: number): string {
    return new Date(now - (days - 1) * dayMs).toISOString().slice(0, 10);
}

export function daysIn(query: URLSearchParams): number {
    return periods.find((each) => String(each) === query.get('days')) ?? usualDays;
}

export const filterNames = ['product', 'reason', 'host', 'name'] as const;

// What the address asks for, as the license server is asked; `only`: less of it.
export function askedFor(query: URLSearchParams, now: number, only: readonly string[] = filterNames): string {
    const asked = new URLSearchParams({since: firstDay(daysIn(query), now)});
    for (const name of only) {
        const value = query.get(name);
        if (value) asked.set(name, value);
    }
    return `/v1/refusals?${asked.toString()}`;
}

// A row that somebody has moved to the front meanwhile, by coming again, is counted once.
function once(rows: RefusedAttempt[]): RefusedAttempt[] {
    const seen = new Set<number>();
    return rows.filter(({refusal}) => !seen.has(refusal) && seen.add(refusal));
}

// `path` has as `limit` how many rows are wanted: more than a page, too.
export async function readRefusals(path: string, options: Ask = {}, tell?: (count: number) => void): Promise<RefusedAttempts> {
    const wanted = Number(new URLSearchParams(path.split('?')[1]).get('limit') ?? Infinity);
    const {rows, cursor, first} = await gatheredFrom<RefusedAttempts, RefusedAttempt>(path, ({refusals}) => refusals, wanted, options, tell);
    return {...(first as RefusedAttempts), refusals: once(rows), cursor};
}

export type Who = {kind: 'user' | 'device' | 'station'; name: string};

// Nobody: others that are counted together, or somebody who had no name.
export function whoOf({user, device, station}: RefusedAttempt): Who[] {
    const found: [Who['kind'], string | undefined][] = [['user', user], ['device', device], ['station', station]];
    return found.flatMap(([kind, name]) => (name ? [{kind, name}] : []));
}

// Where more is known of them.
export function addressOf({kind, name}: Who): string {
    return kind === 'station' ? `/console/stations?search=${encodeURIComponent(name)}` : `/console/holders?holder=${encodeURIComponent(name)}`;
}

export const attemptsOf = (totals: RefusedAttempts['totals'] = []) => totals.reduce((sum, each) => sum + each.attempts, 0);
