// The manual: docs/*.md as pages of Help, served to Vite as the modules `virtual:manual/manual-en` and
// `virtual:manual/manual-fr` (the pages that there are in French, under their English names). Markdown becomes
// HTML here, so that the browser gets neither a parser nor markup that the policy forbids.
import {readdirSync, readFileSync} from 'node:fs';
import {basename, join, posix} from 'node:path';
import {Marked} from 'marked';

const docs = new URL('../../docs/', import.meta.url).pathname;
const chapters = ['concepts', 'operating', 'hosts', 'reference'];
// French pages have French names.
export const inFrench = {
    'concepts/activation': 'fr/activation',
    'concepts/cal': 'fr/cal',
    'concepts/grace-and-outage': 'fr/grace',
    'concepts/modes': 'fr/modes',
    'concepts/position': 'fr/position',
    'concepts/stations': 'fr/postes',
    'hosts/policy': 'fr/strategie',
    'hosts/stations': 'fr/installer-des-postes',
    'operating/alerts': 'fr/alertes',
    'operating/console': 'fr/console',
    'operating/install': 'fr/installation',
    'operating/refused-attempts': 'fr/refus',
    'operating/ssh': 'fr/ouvertures-de-session',
    'reference/correspondence': 'fr/correspondances',
    'reference/reasons': 'fr/motifs',
    start: 'fr/demarrage',
};
const inEnglish = Object.fromEntries(Object.entries(inFrench).map(([page, french]) => [french, page]));

export function pageNames() {
    const names = chapters.flatMap((chapter) =>
        readdirSync(join(docs, chapter))
            .filter((name) => name.endsWith('.md'))
            .map((name) => `${chapter}/${basename(name, '.md')}`),
    );
    return ['start', ...names.sort()];
}

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

// As forges do it, so that a link to a heading works there and here.
export function slug(heading) {
    return heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
}

// Where a link leads: to the web, to a page of the manual and a heading of it, or nowhere from here.
export function target(href, from, names) {
    if (/^https?:\/\//.test(href)) return {web: href};
    const [path, section = ''] = href.split('#');
    if (path !== '' && !path.endsWith('.md')) return {};
    const found = path === '' ? from : posix.join(posix.dirname(from), path).slice(0, -'.md'.length);
    const page = inEnglish[found] ?? found;
    return names.includes(page) ? {page, section} : {};
}

const tables = {en: 'Table', fr: 'Tableau'};

// One page: `file` is its path below docs/ without `.md`.
export function rendered(markdown, file, language, names) {
    let title = '';
    const renderer = {
        heading({tokens, depth}) {
            const words = this.parser.parseInline(tokens, this.parser.textRenderer);
            if (depth === 1 && title === '') {
                title = words;
                return '';
            }
            return `<h${depth} id="s-${slug(words)}" tabindex="-1">${this.parser.parseInline(tokens)}</h${depth}>\n`;
        },
        link({href, tokens}) {
            const words = this.parser.parseInline(tokens);
            const {web, page, section} = target(href, file, names);
            if (web) return `<a href="${escaped(web)}" rel="noopener" target="_blank">${words}</a>`;
            if (!page) return words;
            return `<a href="/console/help?page=${encodeURIComponent(page)}${section ? `&#38;section=${encodeURIComponent(section)}` : ''}">${words}</a>`;
        },
        // Pictures of the console are for whoever does not have it open.
        image: () => '',
        html: ({text}) => (text.startsWith('<!--') ? '' : escaped(text)),
        code: ({text}) => `<pre><code>${escaped(text)}</code></pre>\n`,
        paragraph({tokens}) {
            const words = this.parser.parseInline(tokens);
            return words.trim() === '' ? '' : `<p>${words}</p>\n`;
        },
        table({header, rows}) {
            const row = (cells, name) => `<tr>${cells.map(({tokens}) => `<${name}>${this.parser.parseInline(tokens)}</${name}>`).join('')}</tr>`;
            const body = rows.map((cells) => row(cells, 'td')).join('');
            return `<div class="calm-sideways" tabindex="0" role="group" aria-label="${tables[language]}"><table><thead>${row(header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
        },
    };
    const html = new Marked({gfm: true, renderer}).parse(markdown);
    return {title, html};
}

export function readManual(language) {
    const names = pageNames();
    return names
        .filter((page) => language === 'en' || inFrench[page] !== undefined)
        .map((page) => {
            const file = language === 'en' ? page : inFrench[page];
            return {page, ...rendered(readFileSync(join(docs, `${file}.md`), 'utf8'), file, language, names)};
        });
}

export function manual() {
    const prefix = 'virtual:manual/manual-';
    return {
        name: 'calm-manual',
        resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
        load: (id) => (id.startsWith(`\0${prefix}`) ? `export default ${JSON.stringify(readManual(id.slice(prefix.length + 1)))}` : undefined),
    };
}
