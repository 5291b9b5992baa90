// How a CAL is held beyond its state: lent, standing in for another one, or in use as a concurrent seat.
import type {Cal} from './api';
import {t} from './texts';
import {date, isToday, timeOfDay} from './time';

export type Holding = 'lent' | 'stands_in' | 'in_use';

export function holdingOf(cal: Cal): Holding | undefined {
    if (cal.state !== 'active') return undefined;
    if (cal.lent) return 'lent';
    if (cal.of !== undefined) return 'stands_in';
    return cal.lease ? 'in_use' : undefined;
}

// What the license server would refuse is not offered: only a CAL at a seat that is a user's or a device's own is lent.
export function mayLend(cal: Cal): boolean {
    return cal.state === 'active' && !cal.overuse && cal.pack !== undefined && cal.holder.kind !== 'station' && holdingOf(cal) === undefined;
}

export function mayRecall(cal: Cal): boolean {
    const holding = holdingOf(cal);
    return holding === 'lent' || holding === 'stands_in';
}

// A loan ends when its last day does; people are told the day, in labels without its year: no loan is longer than one.
export function lastDay(until: string, told: (text: string) => string = date): string {
    return told(new Date(new Date(until).getTime() - 1).toISOString());
}

// When a day of the calendar (2027-03-31) is over here, in UTC as the API writes it.
export function endOfDay(day: string): string {
    const next = new Date(`${day}T00:00:00`);
    next.setDate(next.getDate() + 1);
    return next.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function holderName(cal: Cal): string {
    return cal.holder.name ?? t('holders.forgotten', {subject: String(cal.holder.subject)});
}

// The end that a row shows: minutes count for a concurrent seat that ends today, days for the others.
export function endOf(cal: Cal): string {
    const holding = holdingOf(cal);
    if (holding === 'in_use') return isToday(cal.expires_at) ? timeOfDay(cal.expires_at) : date(cal.expires_at);
    return holding === 'stands_in' ? lastDay(cal.expires_at) : date(cal.expires_at);
}
