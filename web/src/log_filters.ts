// Which entries of the log fit what is asked for: pure, so that it can be tested by itself.

export interface LogFilters {
    kinds?: readonly string[];
    host?: number;
    pack?: number;
    person?: Person;
    from?: string; // days such as 2026-01-31, both included
    until?: string;
}

// The log knows numbers only: somebody's own, and those of the CALs that they have had.
export interface Person {
    subject: number;
    cals: ReadonlySet<number>;
}

export type Fields = Record<string, unknown>;

const ofSubject = ['subject', 'holder', 'device', 'into', 'member'];

function isOf({subject, cals}: Person, fields: Fields): boolean {
    return ofSubject.some((name) => fields[name] === subject) || (typeof fields.cal === 'number' && cals.has(fields.cal));
}

export function fits(fields: Fields, {kinds, host, pack, person, from, until}: LogFilters): boolean {
    const day = String(fields.at).slice(0, 10);
    if (kinds && !kinds.includes(String(fields.entry))) return false;
    if (host !== undefined && fields.host !== host) return false;
    if (pack !== undefined && fields.pack !== pack) return false;
    if (person && !isOf(person, fields)) return false;
    return !(from && day < from) && !(until && day > until);
}

// How many of the first `total` entries are of this day or of one before; `dayOf` tells an entry's. They stand in the
// order of time, so that few of them are looked at.
export async function countUntil(day: string, total: number, dayOf: (entry: number) => Promise<string>): Promise<number> {
    let low = 0;
    let high = total;
    while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if ((await dayOf(middle)) <= day) low = middle + 1;
        else high = middle;
    }
    return low;
}

// A number of the address; anything else asks for nothing.
export function numberIn(text: string | null): number | undefined {
    return text !== null && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}
