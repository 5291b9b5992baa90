// What is wrong, from the numbers that the server gives: pure, so that it can be tested by itself.
import type {Host, Pack, Status} from './api';
import {fullness} from './fullness';
import {daysUntil} from './time';

export type Level = 'danger' | 'warning' | 'info';

export interface Concern {
    what:
        | 'issuing_stopped' | 'restored' | 'clock_ahead' | 'clock_behind' | 'pool_full' | 'pool_nearly' | 'pool_filling' | 'no_cals'
        | 'overuse' | 'missing' | 'pack_expired' | 'pack_expires' | 'grace_ends' | 'grace_over' | 'mode_missing' | 'silent' | 'not_activated'
        | 'activation_ended' | 'alerts_critical' | 'alerts_warning' | 'alerts_notice';
    level: Level;
    values: Record<string, string | number>;
    count?: number; // what the sentence counts
    to?: string; // where to look
}

const daysOfWarning = 30;
const order: Record<Level, number> = {danger: 0, warning: 1, info: 2};

function ofServer(status: Status): Concern[] {
    const out: Concern[] = [];
    if (!status.issuing) out.push({what: 'issuing_stopped', level: 'danger', values: {}});
    if (status.restore) out.push({what: 'restored', level: 'warning', values: {}, count: status.restore.hosts_awaited, to: '/console/hosts'});
    if (status.clock.state === 'ahead') out.push({what: 'clock_ahead', level: 'danger', values: {}});
    if (status.clock.state === 'behind') out.push({what: 'clock_behind', level: 'warning', values: {}});
    return out;
}

function ofPools(status: Status): Concern[] {
    const out: Concern[] = [];
    for (const {product, requires, owned, used, overuse, missing} of status.products) {
        if (requires === 'none') continue;
        const to = `/console/holders?product=${encodeURIComponent(product)}`;
        if (overuse > 0) out.push({what: 'overuse', level: 'warning', values: {product}, count: overuse, to});
        // Stations that are refused, say: others than those whom over-use admits.
        if (missing > overuse) out.push({what: 'missing', level: 'warning', values: {product}, count: missing, to: '/console/compliance'});
        if (owned === 0) {
            out.push({what: 'no_cals', level: 'warning', values: {product}, to: '/console/licenses'});
            continue;
        }
        const values = {product, used, owned};
        const level = fullness(used, owned);
        if (level === 'full') out.push({what: 'pool_full', level: 'danger', values, count: owned, to});
        if (level === 'nearly') out.push({what: 'pool_nearly', level: 'warning', values, to});
        if (level === 'filling') out.push({what: 'pool_filling', level: 'info', values, to});
    }
    return out;
}

function ofPacks(packs: Pack[], now: string): Concern[] {
    const out: Concern[] = [];
    for (const {pack, product, expires_at, state} of packs) {
        if (state === 'expired') out.push({what: 'pack_expired', level: 'warning', values: {pack, product}, to: '/console/licenses'});
        if (state !== 'usable' || !expires_at) continue;
        const days = daysUntil(expires_at, now);
        if (days <= daysOfWarning) out.push({what: 'pack_expires', level: 'warning', values: {pack, product}, count: days, to: '/console/licenses'});
    }
    return out;
}

// Only the vendors whose packs ask for it.
function ofActivations(activations: Status['activations'] = []): Concern[] {
    return activations
        .filter((each) => each.state !== 'activated')
        .map(({vendor, state}) => ({what: state === 'ended' ? 'activation_ended' : 'not_activated', level: 'warning', values: {vendor}, to: '/console/activation'}));
}

// Hosts are many: one sentence for all of one kind.
function ofHosts({grace, grace_over: over, silent, without_mode: without}: Status): Concern[] {
    const out: Concern[] = [];
    if (over.hosts > 0) out.push({what: 'grace_over', level: 'danger', values: {host: over.first ?? ''}, count: over.hosts, to: '/console/hosts?state=grace_over'});
    if (silent.hosts > 0) out.push({what: 'silent', level: 'danger', values: {host: silent.first ?? ''}, count: silent.hosts, to: '/console/hosts?state=silent'});
    if (grace.ending > 0) out.push({what: 'grace_ends', level: 'warning', values: {host: grace.first[0]?.name ?? ''}, count: grace.ending, to: '/console/hosts?state=in_grace'});
    if (without.hosts > 0) out.push({what: 'mode_missing', level: 'warning', values: {host: without.first ?? ''}, count: without.hosts, to: '/console/hosts?state=without_mode'});
    return out;
}

// What they say stands below, in a card of its own.
function ofAlerts({open, critical, warning}: Status['alerts']): Concern[] {
    const out: Concern[] = [];
    const add = (what: Concern['what'], level: Level, severity: string, count: number) => {
        if (count > 0) out.push({what, level, values: {}, count, to: `/console/alerts?state=open&severity=${severity}`});
    };
    add('alerts_critical', 'danger', 'critical', critical);
    add('alerts_warning', 'warning', 'warning', warning);
    add('alerts_notice', 'info', 'notice', open - critical - warning);
    return out;
}

export function inGrace(host: Host, now: string): boolean {
    return new Date(host.grace_until) > new Date(now);
}

export function concerns(status: Status, packs: Pack[]): Concern[] {
    const now = status.ledger_time;
    return [...ofServer(status), ...ofActivations(status.activations), ...ofPools(status), ...ofPacks(packs, now), ...ofHosts(status), ...ofAlerts(status.alerts)].sort((a, b) => order[a.level] - order[b.level]);
}
