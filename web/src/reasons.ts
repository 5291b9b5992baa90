// Reasons of the license server in words: what each is called, and what mends it. Fetched by the pages that need it.
import {useEffect, useState} from 'react';
import {language} from './texts';

export interface Reasons {
    title: (reason: string) => string;
    remedy: (reason: string) => string | undefined;
}

// One that a newer server has added is shown as it is.
export function reasonsIn(texts: Record<string, string>): Reasons {
    return {title: (reason) => texts[`${reason}.title`] ?? reason.replaceAll('_', ' '), remedy: (reason) => texts[`${reason}.remedy`]};
}

const load = () => (language() === 'fr' ? import('virtual:reasons/reasons-fr') : import('virtual:reasons/reasons-en'));

// Not there yet: nothing. Where they cannot be had, reasons are shown as they are.
export function useReasons(): Reasons | undefined {
    const [reasons, setReasons] = useState<Reasons>();
    useEffect(() => {
        load().then(
            (found) => setReasons(reasonsIn(found.default)),
            () => setReasons(reasonsIn({})),
        );
    }, []);
    return reasons;
}
