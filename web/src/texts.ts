// Every sentence of the console, in the person's language.
import type tree from '../../i18n/en.json';

type Tree = (typeof tree)['console'];
type Paths<T, P extends string = ''> = {
    [K in keyof T & string]: T[K] extends string ? `${P}${K}` : Paths<T[K], `${P}${K}.`>;
}[keyof T & string];

export type TextKey = Paths<Tree>;
type Plural<K> = K extends `${infer Base}.other` ? Base : never;
export type PluralKey = Plural<TextKey>;
export type Language = 'en' | 'fr';
type Values = Record<string, string | number>;

const loaders: Record<Language, () => Promise<{default: Record<string, string>}>> = {
    en: () => import('virtual:texts/en'),
    fr: () => import('virtual:texts/fr'),
};

let texts: Record<string, string> = {};
let plural = new Intl.PluralRules('en');
let current: Language = 'en';

export const language = (): Language => current;

export function wantedLanguage(): Language {
    const chosen = localStorage.getItem('calm.language');
    if (chosen === 'en' || chosen === 'fr') return chosen;
    return navigator.languages.find((each) => /^(en|fr)\b/.test(each))?.startsWith('fr') ? 'fr' : 'en';
}

export async function useLanguage(wanted: Language): Promise<void> {
    texts = (await loaders[wanted]()).default;
    plural = new Intl.PluralRules(wanted);
    current = wanted;
    document.documentElement.lang = wanted;
}

function filled(text: string, values: Values): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = values[name];
        if (value === undefined) return whole;
        return typeof value === 'number' ? number(value) : value;
    });
}

// A key that does not exist gives the key itself, so that nothing is ever shown empty.
export function t(key: TextKey, values: Values = {}): string {
    return filled(texts[key] ?? key, values);
}

// The word for a value of the API, such as a kind or a state. One that a newer server has added is shown as it is.
export function word(group: string, value: string | undefined): string {
    return texts[`${group}.${value ?? ''}`] ?? (value ?? '').replaceAll('_', ' ');
}

// The sentence for a number of things; {count} is the number.
export function tn(key: PluralKey, count: number, values: Values = {}): string {
    const form = texts[`${key}.${plural.select(count)}`] ?? texts[`${key}.other`] ?? key;
    return filled(form, {count, ...values});
}

export function number(value: number): string {
    return new Intl.NumberFormat(current).format(value);
}
