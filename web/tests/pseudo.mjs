// A third language that only this test has: English with accents, longer by two fifths, in brackets. Every page in
// it, wide and narrow: nothing is cut off, and no word comes from elsewhere than the texts and the license server.
import {readFileSync} from 'node:fs';
import {address, expect} from './harness.mjs';
import {placeOf, settled} from './accessible.mjs';
import {readReasons} from '../scripts/texts.mjs';
import {textsIn} from './texts.mjs';

const accents = {a: 'áa', e: 'ée', i: 'íi', o: 'óo', u: 'úu', A: 'Áa', E: 'Ée', I: 'Íi', O: 'Óo', U: 'Úu', c: 'ç', n: 'ñ', y: 'ý'};

// Values in braces and what is to be typed, in backticks, stay as they are.
export function pseudo(text) {
    return `[${text.replace(/\{\w+\}|`[^`]*`|[a-zA-Z]/g, (part) => accents[part] ?? part)}]`;
}

function flat(tree, prefix = '', out = {}) {
    for (const [key, value] of Object.entries(tree)) {
        if (typeof value === 'string') out[prefix + key] = pseudo(value);
        else flat(value, `${prefix}${key}.`, out);
    }
    return out;
}

const english = JSON.parse(readFileSync(new URL('../../i18n/en.json', import.meta.url), 'utf8')).console;
const bundles = {en: flat(english), 'reasons-en': flat(readReasons('en'))};

// Words that are nobody's text: the product's name, languages in their own language, the manual, and what
// somebody types or reads letter by letter.
const exceptions = '.calm-brand, .calm-door-name, [lang]:not(html), .calm-article, .pf-v6-c-page__main:has(.calm-article) h1, .calm-help-list, .calm-found, code, pre, textarea, #code, .calm-paper, .pf-v6-c-clipboard-copy__text';

// Runs in the page. `known`: every value that the license server has answered.
function look([known, exceptions]) {
    const found = [];
    const name = (element) => `${element.tagName.toLowerCase()}${[...element.classList].map((each) => `.${each}`).join('')}`;
    const seen = (element) => {
        if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) return false;
        for (let each = element; each; each = each.parentElement) {
            const {width, height} = each.getBoundingClientRect();
            const {position, clipPath, display} = getComputedStyle(each);
            if (display !== 'contents' && position === 'absolute' && width <= 1 && height <= 1) return false; // for screen readers only
            if (clipPath === 'inset(50%)') return false;
        }
        return true;
    };
    const pen = document.createElement('canvas').getContext('2d');
    const widthOf = (element, text) => {
        const {font, letterSpacing} = getComputedStyle(element);
        pen.font = font;
        pen.letterSpacing = letterSpacing === 'normal' ? '0px' : letterSpacing;
        return pen.measureText(text).width;
    };
    for (const element of document.querySelectorAll('body *')) {
        const style = getComputedStyle(element);
        const text = (element.textContent ?? '').trim();
        if (element.matches('input, select')) {
            const words = element.matches('select') ? (element.selectedOptions[0]?.textContent ?? '') : element.value === '' ? element.placeholder : '';
            const room = element.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
            if (words !== '' && seen(element) && widthOf(element, words) > room + 1) found.push(`cut off: ${name(element)} "${words}" has ${Math.round(room)} px and needs ${Math.round(widthOf(element, words))}`);
            continue;
        }
        if (text === '' || !/hidden|clip/.test(`${style.overflowX} ${style.overflowY}`) || /auto|scroll/.test(`${style.overflowX} ${style.overflowY}`) && element.scrollWidth <= element.clientWidth + 1) continue;
        const wide = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
        const high = /hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
        if ((!wide && !high) || element.clientWidth === 0 || !seen(element)) continue;
        if (style.textOverflow === 'ellipsis' && element.closest('[title]')) continue;
        if (element.matches('.pf-v6-c-drawer__main')) continue; // the closed panel waits beside it
        found.push(`cut off: ${name(element)} "${text.slice(0, 60)}" ${element.scrollWidth}x${element.scrollHeight} in ${element.clientWidth}x${element.clientHeight}`);
    }
    const values = new Set(known);
    const numbers = /^(?:[\d\s.,:;%/()+–—·…›<>×*-]|AM|PM|UTC|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*)*$/;
    const value = (text) => values.has(text) || numbers.test(text) || (text.length > 20 && known.some((each) => each.includes(text)));
    const fits = (text) => /[[\]]/.test(text) || value(text) || text.replace(/\S*…$/, '').split(/[,\s·]+/).every(value);
    // A piece of a text: between its brackets, with something to type before it.
    const within = (node) => {
        let ancestor = node.parentElement;
        for (let i = 0; i < 3 && ancestor; ++i, ancestor = ancestor.parentElement) {
            const range = document.createRange();
            range.setStart(ancestor, 0);
            range.setEndBefore(node);
            const before = range.toString();
            if (before.split('[').length > before.split(']').length) return true;
        }
        return false;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const text = node.data.trim();
        if (text === '' || fits(text) || node.parentElement.closest(`script, style, noscript, ${exceptions}`) || within(node) || !seen(node.parentElement)) continue;
        found.push(`no text's: ${name(node.parentElement)} "${text.slice(0, 80)}"`);
    }
    for (const attribute of ['aria-label', 'title', 'placeholder', 'alt']) {
        for (const element of document.querySelectorAll(`body [${attribute}]`)) {
            const text = element.getAttribute(attribute).trim();
            if (text === '' || fits(text) || element.closest(exceptions) || !element.checkVisibility()) continue;
            found.push(`no text's: ${name(element)} ${attribute}="${text}"`);
        }
    }
    return [...new Set(found)];
}

function values(of, into) {
    // A sentence of the server is shown in parts: what stands between backticks is to be typed.
    if (typeof of === 'string') for (const part of [of, ...of.split('`')]) into.add(part.trim());
    else if (typeof of === 'number' || typeof of === 'boolean') into.add(String(of));
    else if (of !== null && typeof of === 'object') {
        for (const [key, value] of Object.entries(of)) {
            if (!Array.isArray(of)) into.add(key);
            values(value, into);
        }
    }
}

// `places`: as accessible.mjs has them.
export async function checkPseudo(context, places) {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const known = new Set();
    for (const [name, texts] of Object.entries(bundles)) {
        await page.route(`**/assets/${name}-*.js`, (route) => route.fulfill({contentType: 'text/javascript', body: `export default ${JSON.stringify(texts)}`}));
    }
    const read = async (response) => {
        values(await response.json().catch(() => undefined), known);
        for (const line of (await response.text().catch(() => '')).split('\n')) {
            try {
                values(JSON.parse(line), known);
            } catch {
                known.add(line.trim());
            }
        }
    };
    // What is shown is judged once all that was answered is known.
    const reading = new Set();
    page.on('response', (response) => {
        const {pathname} = new URL(response.url());
        if (!pathname.startsWith('/v1/') || pathname === '/v1/events') return; // the events never end
        const done = read(response).finally(() => reading.delete(done));
        reading.add(done);
    });
    await page.goto(address);
    await page.evaluate(() => localStorage.setItem('calm.language', 'en'));
    const day = 86_400_000;
    // What ends today is told with its minute: looked at from the day before as well, it has its date.
    for (const [{name, path, open}, when] of places.map(placeOf).flatMap((each) => (each.path.startsWith('/console/holders') && !each.open ? [[each, day], [each, 0]] : [[each, 0]]))) {
        await page.clock.setSystemTime(new Date(Date.now() - when));
        for (const width of [1280, 320]) {
            await expect(`${name} in the pseudo-language at ${width} pixels${when > 0 ? ', the day before' : ''}: nothing is cut off, no word is elsewhere's`, async () => {
                await page.setViewportSize({width, height: width === 320 ? 640 : 800});
                await page.goto(address + path);
                await settled(page);
                if (open) {
                    await open(page, textsIn('en', pseudo));
                    await settled(page);
                }
                let found = [];
                for (let i = 0; i < 10; ++i) {
                    await Promise.all(reading);
                    found = await page.evaluate(look, [[...known], exceptions]);
                    if (found.length === 0) return;
                    await page.waitForTimeout(200); // an event has brought what is being read only now
                }
                throw new Error(found.join('\n'));
            });
        }
    }
    await page.evaluate(() => localStorage.clear());
    await page.close();
}
