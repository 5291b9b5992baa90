// Dates as people read them. The API speaks RFC 3339 in UTC; people see their own time zone.
import {language, t, tn} from './texts';

export function date(text: string): string {
    return new Intl.DateTimeFormat(language(), {dateStyle: 'medium'}).format(new Date(text));
}

export function monthDay(text: string): string {
    return new Intl.DateTimeFormat(language(), {month: 'short', day: 'numeric'}).format(new Date(text));
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

export function timeOfDay(text: string): string {
    return new Intl.DateTimeFormat(language(), {timeStyle: 'short'}).format(new Date(text));
}

export function isToday(text: string): boolean {
    return new Date(text).toDateString() === new Date().toDateString();
}

// A day of the calendar here, as date fields want it: 2027-03-31.
export function calendarDay(when: Date): string {
    const two = (value: number) => String(value).padStart(2, '0');
    return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
}
