// Addresses: a page each, what is searched for and chosen in the query. Every address can be kept, sent and
// gone back to.
import {type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore} from 'react';

const listeners = new Set<() => void>();

function tell(): void {
    for (const each of listeners) each();
}

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    window.addEventListener('popstate', listener);
    return () => {
        listeners.delete(listener);
        window.removeEventListener('popstate', listener);
    };
}

// Only addresses of the console, which begin with one slash: whatever stands in an address leads nowhere else.
export function go(address: string, replace = false): void {
    if (!/^\/(?!\/)/.test(address)) return;
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    tell();
}

// What somebody else has written is a link only where it leads to the web.
export function isWebAddress(address: string | undefined): address is string {
    return address !== undefined && /^https?:\/\//.test(address);
}

const addressNow = () => location.pathname + location.search;

export function usePath(): string {
    return useSyncExternalStore(subscribe, addressNow).split('?')[0] ?? '/';
}

export function useQuery(): [URLSearchParams, (changes: Record<string, string | undefined>, replace?: boolean) => void] {
    const address = useSyncExternalStore(subscribe, addressNow);
    const query = new URLSearchParams(address.split('?')[1] ?? '');
    const change = (changes: Record<string, string | undefined>, replace = false) => {
        const next = new URLSearchParams(location.search);
        for (const [key, value] of Object.entries(changes)) {
            if (value === undefined || value === '') next.delete(key);
            else next.set(key, value);
        }
        const text = next.toString();
        go(location.pathname + (text ? `?${text}` : ''), replace);
    };
    return [query, change];
}

// A page of the manual, in Help.
export function manualAddress(page: string, section = ''): string {
    return `/console/help?${new URLSearchParams(section === '' ? {page} : {page, section}).toString().replaceAll('%2F', '/')}`;
}

export function follow(event: MouseEvent, address: string): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(address);
}

export function Link({to, ...rest}: {to: string} & AnchorHTMLAttributes<HTMLAnchorElement>) {
    return <a {...rest} href={to} onClick={(event) => follow(event, to)} />;
}
