// Alerts: read page by page, and which of them come first.
import {type Alert, type Alerts, type Ask, get} from './api';

export const severities = ['critical', 'warning', 'notice'] as const;
export const urgentMax = 5;
const pageMax = 1_000;

// As many as are wanted, or all there are: the API's pages may come back shorter than asked, with a cursor.
export async function gathered(page: (limit: number, cursor: string | undefined) => Promise<Alerts>, wanted: number): Promise<Alerts> {
    const alerts: Alert[] = [];
    let cursor: string | undefined;
    do {
        const found = await page(Math.min(wanted - alerts.length, pageMax), cursor);
        alerts.push(...found.alerts);
        cursor = found.cursor;
    } while (cursor && alerts.length < wanted);
    return cursor ? {alerts, cursor} : {alerts};
}

// `path` is one of /v1/alerts with its filters and, as `limit`, how many are wanted: more than a page, too.
export function readAlerts(path: string, options: Ask = {}): Promise<Alerts> {
    const [route, filters] = path.split('?');
    const query = new URLSearchParams(filters);
    return gathered((limit, cursor) => {
        query.set('limit', String(limit));
        if (cursor) query.set('cursor', cursor);
        return get<Alerts>(`${route}?${query.toString()}`, options);
    }, Number(query.get('limit')));
}

// The most urgent of those that nobody takes care of, the newest first among equals: found by the server, since
// there may be one for each of many hosts.
export async function readUrgent(path: string, options: Ask = {}): Promise<Alerts> {
    const alerts: Alert[] = [];
    for (const severity of severities) {
        if (alerts.length === urgentMax) break;
        alerts.push(...(await readAlerts(`${path}&severity=${severity}&limit=${urgentMax - alerts.length}`, options)).alerts);
    }
    return {alerts};
}

// A sentence of the server in its parts: what stands between backticks is to be typed.
export function typed(text: string): {text: string; code: boolean}[] {
    return text
        .split('`')
        .map((part, index) => ({text: part, code: index % 2 === 1}))
        .filter((part) => part.text !== '');
}
