// What the license server can tell about a host without asking it, worst first: pure, so that it can be tested by itself.
import type {Host, Pack, Status} from './api';
import type {Level} from './attention';
import {daysUntil} from './time';

export interface HostFinding {
    what: 'never' | 'silent' | 'mode_missing' | 'mode_by_policy' | 'mode_by_file' | 'no_packs' | 'grace_over' | 'grace_ends' | 'clock' | 'older' | 'unlicensed' | 'console_mode';
    level: Level;
    values: Record<string, string | number>;
}

// A host tells of itself once a minute.
const silentAfterMs = 5 * 60_000;
const clockSecondsMax = 300;
const daysOfWarning = 30;
const order: Record<Level, number> = {danger: 0, warning: 1, info: 2};

// By numbers, so that 0.10 is newer than 0.9.
export function isOlder(version: string, than: string): boolean {
    const parts = (text: string) => text.split('.').map((each) => Number.parseInt(each, 10) || 0);
    const [a, b] = [parts(version), parts(than)];
    for (let i = 0; i < Math.max(a.length, b.length); ++i) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) < (b[i] ?? 0);
    return false;
}

export type KnownServer = Pick<Status, 'ledger_time' | 'started_at' | 'version'>;

// Of its own a host has a mode by its policy, or by its file where none is set here; else it goes by what is set here,
// which it does not know before its first contact.
export function modeFrom({contact, mode}: Host): 'policy' | 'license_server' | 'file' | undefined {
    const from = contact?.mode_from;
    if (from === 'policy' || (from === 'file' && mode === 'not_configured')) return from;
    return mode === 'not_configured' ? undefined : 'license_server';
}

export function modeOf(host: Host): string {
    const from = modeFrom(host);
    return from === 'policy' || from === 'file' ? (host.contact?.mode ?? host.mode) : host.mode;
}

function ofContact({contact, name}: Host, {ledger_time: now, started_at: started, version}: KnownServer): HostFinding[] {
    const since = (text: string) => new Date(now).getTime() - new Date(text).getTime();
    if (!contact) return since(started) > silentAfterMs ? [{what: 'never', level: 'warning', values: {host: name}}] : [];
    const out: HostFinding[] = [];
    if (since(contact.at) > silentAfterMs) out.push({what: 'silent', level: 'danger', values: {host: name}});
    const off = contact.clock_difference_s ?? 0;
    if (Math.abs(off) > clockSecondsMax) out.push({what: 'clock', level: 'warning', values: {minutes: Math.round(Math.abs(off) / 60)}});
    if (contact.version && isOlder(contact.version, version)) out.push({what: 'older', level: 'info', values: {version: contact.version, server: version}});
    return out;
}

function ofMode(host: Host, packs: Pack[], now: string): HostFinding[] {
    const mode = modeOf(host);
    if (mode === 'not_configured') return [{what: 'mode_missing', level: 'danger', values: {host: host.name}}];
    const out: HostFinding[] = [];
    const from = modeFrom(host);
    if (from === 'policy' && mode !== host.mode) out.push({what: 'mode_by_policy', level: 'info', values: {}});
    if (from === 'file') out.push({what: 'mode_by_file', level: 'info', values: {}});
    const usable = packs.some(({kind, state, quantity}) => state === 'usable' && quantity > 0 && (mode === 'either' ? kind === 'per_user' || kind === 'per_device' : kind === mode));
    const days = daysUntil(host.grace_until, now);
    if (!usable) out.push({what: days < 0 ? 'grace_over' : 'no_packs', level: days < 0 ? 'danger' : 'warning', values: {}});
    else if (days >= 0 && days <= daysOfWarning) out.push({what: 'grace_ends', level: 'info', values: {}});
    return out;
}

export function hostFindings(host: Host, packs: Pack[], server: KnownServer): HostFinding[] {
    const lacking = (host.unlicensed ?? []).map(({product, missing}): HostFinding => ({what: 'unlicensed', level: 'warning', values: {product, missing}}));
    const console = host.console_mode ? [{what: 'console_mode', level: 'info', values: {}} as const] : [];
    return [...ofContact(host, server), ...ofMode(host, packs, server.ledger_time), ...lacking, ...console].sort((a, b) => order[a.level] - order[b.level]);
}
