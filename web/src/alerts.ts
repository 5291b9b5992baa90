// Alerts: read page by page, and which of them come first.
import type {Alert, Alerts, Ask} from './api';
import {gatheredFrom} from './gathered';

export const severities = ['critical', 'warning', 'notice'] as const;
export const urgentMax = 5;

// `path` is one of /v1/alerts with its filters and, as `limit`, how many are wanted: more than a page, too.
export async function readAlerts(path: string, options: Ask = {}): Promise<Alerts> {
    const wanted = Number(new URLSearchParams(path.split('?')[1]).get('limit'));
    const {rows, cursor} = await gatheredFrom<Alerts, Alert>(path, ({alerts}) => alerts, wanted, options);
    return {alerts: rows, cursor};
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
