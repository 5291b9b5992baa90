// Dates as people read them. The API speaks RFC 3339 in UTC; people see their own time zone.
import {language, t, tn} from './texts';

export function date(text: string): string {
    return new Intl.DateTimeFormat(language(), {dateStyle: 'medium'}).format(new Date(text));
}

export function dateTime(text: string): string {
    return new Intl.DateTimeFormat(language(), {dateStyle: 'medium', timeStyle: 'short'}).format(new Date(text));
}

const dayMs = 86_400_000;

// Whole days from `now` to `text`: 0 is today, less than 0 is over.
export function daysUntil(text: string, now: string | number | Date): number {
    return Math.floor((new Date(text).getTime() - new Date(now).getTime()) / dayMs);
}

export function daysLeft(days: number): string {
    if (days < 0) return t('time.over');
    return days === 0 ? t('time.today') : tn('time.days_left', days);
}
