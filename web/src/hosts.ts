// Hosts, read page by page: there may be ten thousand of them.
import {type Ask, get, type Host, type Hosts} from './api';

const pageMax = 1_000;

export function hostsPath(limit: number, search: string, state?: string, cursor?: string): string {
    const query = new URLSearchParams({limit: String(limit)});
    for (const [name, value] of Object.entries({search, state, cursor})) if (value) query.set(name, value);
    return `/v1/hosts?${query.toString()}`;
}

// All whose name contains the search.
export async function allHosts(search: string, options: Ask = {}, page: (path: string, options: Ask) => Promise<Hosts> = get): Promise<Host[]> {
    const hosts: Host[] = [];
    let cursor: string | undefined;
    do {
        const found = await page(hostsPath(pageMax, search, undefined, cursor), options);
        hosts.push(...found.hosts);
        cursor = found.cursor;
    } while (cursor);
    return hosts;
}

// Each is worked on once, a few at a time; `whenDone` is told after each of them.
export async function eachOf<T>(things: T[], atOnce: number, work: (thing: T) => Promise<void>, whenDone: (done: number) => void): Promise<void> {
    let next = 0;
    let done = 0;
    const worker = async () => {
        while (next < things.length) {
            await work(things[next++] as T);
            whenDone(++done);
        }
    };
    await Promise.all(Array.from({length: atOnce}, worker));
}
