// The console's texts: the section `console` of i18n/*.json, served to Vite as the modules
// `virtual:texts/en` and `virtual:texts/fr`. The build stops when a key is missing in a language, when the
// source asks for a key that does not exist, and when nobody asks for one. And what refuses somebody, with its mend:
// `virtual:reasons/reasons-en` and `virtual:reasons/reasons-fr`, which only few pages need.
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';

const root = new URL('../../', import.meta.url).pathname;
const languages = ['en', 'fr'];

export function flatten(tree, prefix = '', out = {}) {
    for (const [key, value] of Object.entries(tree)) {
        if (typeof value === 'string') out[prefix + key] = value;
        else flatten(value, `${prefix}${key}.`, out);
    }
    return out;
}

const readFile = (language) => JSON.parse(readFileSync(join(root, 'i18n', `${language}.json`), 'utf8'));

export const readTexts = (language) => flatten(readFile(language).console);

// `no_cal_available.title` and `no_cal_available.remedy`, of every reason.
export function readReasons(language) {
    const found = Object.entries(readFile(language).reason).flatMap(([reason, {title, remedy}]) => [
        [`${reason}.title`, title],
        [`${reason}.remedy`, remedy],
    ]);
    return Object.fromEntries(found);
}

function sources(folder = join(root, 'web/src')) {
    return readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) return sources(path);
        return /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) ? [readFileSync(path, 'utf8')] : [];
    });
}

// What the source asks for: t('key'), tn('key') for numbers, word('prefix', value) and t(`prefix.${…}`) for all
// below a prefix.
export function used(texts) {
    const keys = new Set();
    const plurals = new Set();
    const prefixes = new Set();
    for (const source of texts) {
        for (const [, key] of source.matchAll(/\bt\(\s*'([\w.]+)'/g)) keys.add(key);
        for (const [, key] of source.matchAll(/\btn\(\s*'([\w.]+)'/g)) plurals.add(key);
        for (const [, prefix] of source.matchAll(/\bword\(\s*'([\w.]+)'/g)) prefixes.add(`${prefix}.`);
        for (const [, prefix] of source.matchAll(/\btn?\(\s*`([\w.]+)\.\$\{/g)) prefixes.add(`${prefix}.`);
    }
    return {keys, plurals, prefixes};
}

const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort().join();

export function problems(byLanguage, source) {
    const out = [];
    const [first, ...others] = languages;
    for (const other of others) {
        for (const key of Object.keys({...byLanguage[first], ...byLanguage[other]})) {
            const [a, b] = [byLanguage[first][key], byLanguage[other][key]];
            if (a === undefined || b === undefined) {
                out.push(`console.${key} is missing in ${a === undefined ? first : other}.json`);
            } else if (names(a) !== names(b)) {
                out.push(`console.${key} names other values in ${first}.json than in ${other}.json`);
            }
        }
    }
    const {keys, plurals, prefixes} = used(source);
    for (const key of plurals) {
        keys.add(`${key}.one`);
        keys.add(`${key}.other`);
    }
    for (const key of keys) {
        if (byLanguage[first][key] === undefined) out.push(`console.${key} does not exist, and is asked for`);
    }
    for (const key of Object.keys(byLanguage[first])) {
        const dynamic = [...prefixes].some((prefix) => key.startsWith(prefix));
        if (!keys.has(key) && !dynamic) out.push(`console.${key} is asked for by nobody`);
    }
    return out;
}

export function check() {
    const byLanguage = Object.fromEntries(languages.map((each) => [each, readTexts(each)]));
    return problems(byLanguage, sources());
}

// French sets a blank before these signs, and no line may break there.
function unbroken(texts) {
    return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, text.replace(/ ([;:!?%»])/g, '\u00a0$1')]));
}

const modules = Object.fromEntries(
    languages.flatMap((each) => [
        [`\0virtual:texts/${each}`, () => readTexts(each)],
        [`\0virtual:reasons/reasons-${each}`, () => readReasons(each)],
    ]),
);

export function texts() {
    return {
        name: 'calm-texts',
        buildStart() {
            const found = check();
            if (found.length > 0) this.error(`the console's texts:\n  ${found.join('\n  ')}`);
        },
        resolveId: (id) => (`\0${id}` in modules ? `\0${id}` : undefined),
        load(id) {
            const found = modules[id]?.();
            return found && `export default ${JSON.stringify(id.endsWith('fr') ? unbroken(found) : found)}`;
        },
    };
}
