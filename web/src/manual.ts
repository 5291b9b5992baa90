// The manual as Help shows it: its pages, in the person's language where there is one, and the search in them.
import MiniSearch from 'minisearch';
import {type Language, language} from './texts';

export interface ManualPage {
    page: string; // as in the address: `concepts/cal`
    title: string;
    html: string;
}

export interface Manual {
    language: Language;
    pages: (ManualPage & {language: Language})[];
}

export const chapters = ['start', 'concepts', 'operating', 'hosts', 'reference'] as const;
export const chapterOf = (page: string) => chapters.find((each) => page.split('/')[0] === each) ?? 'reference';

let kept: Manual | undefined;

export async function readManual(): Promise<Manual> {
    const wanted = language();
    if (kept?.language === wanted) return kept;
    const [english, french] = await Promise.all([import('virtual:manual/manual-en'), wanted === 'fr' ? import('virtual:manual/manual-fr') : undefined]);
    const pages = english.default.map((each) => {
        const own = french?.default.find(({page}) => page === each.page);
        return own ? {...own, language: wanted} : {...each, language: 'en' as const};
    });
    kept = {language: wanted, pages};
    return kept;
}

// A stretch of a page below one heading: what a search finds.
export interface Section {
    id: string;
    page: string;
    title: string; // of the page
    section: string; // the heading's id; none before the first
    heading: string;
    text: string;
    language: Language;
}

export interface Found extends Section {
    terms: string[]; // the words of the text that were meant
}

export function sectionsOf({page, title, html, language: own}: ManualPage & {language: Language}): Section[] {
    const sections: Section[] = [];
    const begin = (section: string, heading: string) => sections.push({id: `${page}#${section}#${sections.length}`, page, title, section, heading, text: '', language: own});
    begin('', '');
    for (const element of new DOMParser().parseFromString(html, 'text/html').body.children) {
        if (/^H[1-6]$/.test(element.tagName)) begin(element.id.replace(/^s-/, ''), element.textContent ?? '');
        else {
            const last = sections[sections.length - 1];
            // Cells and items stand apart from each other.
            for (const part of element.querySelectorAll('td, th, li')) part.append(' ');
            if (last) last.text += `${element.textContent ?? ''} `;
        }
    }
    return sections.map((each) => ({...each, text: each.text.replace(/\s+/g, ' ').trim()}));
}

// Words are found whether or not their accents are typed.
export const plain = (word: string) => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// They stand everywhere and tell nothing.
const small = new Set('a an and are at by de des du en et for in is la le les of on or ou the to un une with'.split(' '));

export function searchIn(sections: Section[]): (query: string) => Found[] {
    const index = new MiniSearch<Section>({
        fields: ['title', 'heading', 'text'],
        processTerm: (term) => (small.has(plain(term)) ? null : plain(term)),
        searchOptions: {boost: {title: 4, heading: 3}, prefix: (term) => term.length > 2, fuzzy: (term) => (term.length > 4 ? 0.2 : false), combineWith: 'AND'},
    });
    index.addAll(sections);
    const byId = new Map(sections.map((each) => [each.id, each]));
    return (query) =>
        index.search(query).flatMap(({id, terms}) => {
            const section = byId.get(id as string);
            return section ? [{...section, terms}] : [];
        });
}

let search: {of: Manual; find: (query: string) => Found[]} | undefined;

// The index is made when somebody searches for the first time.
export function find(manual: Manual, query: string): Found[] {
    if (search?.of !== manual) search = {of: manual, find: searchIn(manual.pages.flatMap(sectionsOf))};
    return search.find(query);
}

const around = 110;

// The text where most of the words stand together, in parts: what was searched for and what stands between.
export function snippet(text: string, terms: string[]): {text: string; found: boolean}[] {
    const words = [...text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)].map((match) => ({at: match.index, word: match[0]}));
    const hits = words.filter(({word}) => terms.includes(plain(word)));
    const together = (from: number) => new Set(hits.filter(({at}) => at >= from && at < from + around).map(({word}) => plain(word))).size;
    const first = hits.reduce((best, {at}) => (together(at) > together(best) ? at : best), hits[0]?.at ?? 0);
    const from = first <= around ? 0 : (words.find(({at}) => at >= first - around)?.at ?? 0);
    const last = words.filter(({at, word}) => at + word.length <= from + 2 * around).pop();
    const to = text.length - from <= 2 * around ? text.length : last ? last.at + last.word.length : Math.min(text.length, from + 2 * around);
    const parts = [{text: from > 0 ? '… ' : '', found: false}];
    let at = from;
    for (const hit of hits) {
        if (hit.at < from || hit.at + hit.word.length > to) continue;
        parts.push({text: text.slice(at, hit.at), found: false}, {text: hit.word, found: true});
        at = hit.at + hit.word.length;
    }
    parts.push({text: text.slice(at, to) + (to < text.length ? ' …' : ''), found: false});
    return parts.filter((each) => each.text !== '');
}
