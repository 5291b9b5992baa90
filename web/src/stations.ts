// Which stations fit what is searched for and chosen: pure, so that it can be tested by itself.
import type {Station} from './api';

export interface StationFilters {
    search: string;
    host: string;
    kind: string;
    cal: string; // with, without; empty: both
}

export function stationFilters(query: URLSearchParams): StationFilters {
    const of = (name: string) => query.get(name) ?? '';
    return {search: of('search').toLowerCase(), host: of('host'), kind: of('kind'), cal: of('cal')};
}

// By host, then by name, as people count: seat-2 before seat-10.
export function inOrder(stations: Station[], language: string): Station[] {
    const {compare} = new Intl.Collator(language, {numeric: true});
    return [...stations].sort((a, b) => compare(a.host_name, b.host_name) || compare(a.name, b.name));
}

export function fits(station: Station, {search, host, kind, cal}: StationFilters): boolean {
    if (!station.name.toLowerCase().includes(search)) return false;
    if (host && String(station.host) !== host) return false;
    if (kind && station.kind !== kind) return false;
    if (cal === 'with') return station.cals.length > 0;
    if (cal === 'without') return station.cals.length === 0;
    return true;
}
