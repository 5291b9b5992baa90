// What the pages say, out of i18n/*.json: in the language that the plays are played in (CALM_LANGUAGE), or in the other.
// A key is one of the console's, else one of the whole file (`problem.pack_altered.title`).
import {readFileSync} from 'node:fs';
import {flatten} from '../scripts/texts.mjs';

export const language = process.env.CALM_LANGUAGE === 'fr' ? 'fr' : 'en';
export const otherLanguage = language === 'en' ? 'fr' : 'en';

const filled = (text, fill) => text.replace(/\{(\w+)\}/g, (_, name) => fill(name));
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

// `changed`: what becomes of each text before its values are filled in.
export function textsIn(spoken, changed = (text) => text) {
    const file = JSON.parse(readFileSync(new URL(`../../i18n/${spoken}.json`, import.meta.url), 'utf8'));
    const texts = {...flatten(file), ...flatten(file.console)};
    // As the build of the console does it.
    if (spoken === 'fr') for (const key of Object.keys(texts)) texts[key] = texts[key].replace(/ ([;:!?%»])/g, '\u00a0$1');
    for (const key of Object.keys(texts)) texts[key] = changed(texts[key]);
    const plural = new Intl.PluralRules(spoken);
    const shown = (value) => (typeof value === 'number' ? new Intl.NumberFormat(spoken).format(value) : value);
    const found = (key) => {
        if (texts[key] === undefined) throw new Error(`no text ${key}`);
        return texts[key];
    };
    const t = (key, values = {}) =>
        filled(found(key), (name) => {
            if (values[name] === undefined) throw new Error(`${key} wants ${name}`);
            return shown(values[name]);
        });
    const tn = (key, count, values = {}) => t(`${key}.${plural.select(count)}`, {count, ...values});
    // The pattern of a text of which not all values are known; of a text for numbers that of every number. `ends`: it
    // is all that there is.
    const like = (key, values = {}, {ends = false} = {}) => {
        const forms = texts[key] === undefined ? ['one', 'other'].map((form) => found(`${key}.${form}`)) : [texts[key]];
        const patterns = forms.map((form) => form.split(/(\{\w+\})/).map((part) => {
            const name = /^\{(\w+)\}$/.exec(part)?.[1];
            if (name === undefined) return escaped(part).replace(/\s+/g, '\\s+');
            return values[name] === undefined ? '.+?' : escaped(shown(values[name])).replace(/\s+/g, '\\s+');
        }).join(''));
        return new RegExp(ends ? `^(${patterns.join('|')})$` : patterns.join('|'));
    };
    const anyOf = (...keys) => new RegExp(keys.map((key) => like(key).source).join('|'));
    return {t, tn, like, anyOf, word: (group, value) => found(`${group}.${value}`)};
}

export const {t, tn, like, anyOf, word} = textsIn(language);
export const other = textsIn(otherLanguage);
