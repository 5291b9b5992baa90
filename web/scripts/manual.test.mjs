import {readdirSync} from 'node:fs';
import {expect, it} from 'vitest';
import {inFrench, pageNames, readManual, rendered, slug, target} from './manual.mjs';

const names = ['start', 'concepts/cal', 'operating/console'];
const html = (markdown, file = 'concepts/cal') => rendered(markdown, file, 'en', names).html.trim();

it('the first heading is the title, the others can be linked to', () => {
    expect(rendered("# What is `calm`'s?\n\ntext", 'start', 'en', names)).toEqual({title: "What is calm's?", html: '<p>text</p>\n'});
    expect(html('# a\n\n## In *use*, now')).toBe('<h2 id="s-in-use-now" tabindex="-1">In <em>use</em>, now</h2>');
    expect(slug('Grâce : the `x_y`')).toBe('grâce--the-x_y');
});
it('markup in the text stays text, and comments are left out', () => {
    expect(html('a <b onclick=x>b</b>')).not.toContain('<b');
    expect(html('<script>alert(1)</script>')).not.toContain('<script');
    expect(html('```\n<i>\n```')).toBe('<pre><code>&#60;i&#62;</code></pre>');
    expect(html('<!-- written -->\n\ntext')).toBe('<p>text</p>');
});
it('a link leads to a page of the manual, to the web, or is text', () => {
    expect(target('../operating/console.md#first-run', 'concepts/cal', names)).toEqual({page: 'operating/console', section: 'first-run'});
    expect(target('#own', 'concepts/cal', names)).toEqual({page: 'concepts/cal', section: 'own'});
    expect(target('console.md', 'fr/motifs', names)).toEqual({page: 'operating/console', section: ''});
    expect(html('[a](../start.md)')).toBe('<p><a href="/console/help?page=start">a</a></p>');
    expect(html('[a](../../src/x.cpp) [b](../internals/store.md) [c](javascript:alert)')).toBe('<p>a b c</p>');
    expect(html('[a](https://example.org/?a&b)')).toBe('<p><a href="https://example.org/?a&#38;b" rel="noopener" target="_blank">a</a></p>');
    expect(html('![picture](../images/a.png)')).toBe('');
});
it('every page has a title and text, and every link within the manual leads to a heading', () => {
    const english = readManual('en');
    const french = readManual('fr');
    expect(english.map(({page}) => page)).toEqual(pageNames());
    for (const {title, html: text, page} of [...english, ...french]) {
        expect(title, page).not.toBe('');
        expect(text.length, page).toBeGreaterThan(200);
        expect(text, page).not.toMatch(/<script|<style|style=|onclick=/);
    }
    // In French a link leads to the French page, where there is one.
    const inOrder = (first) => (to) => [...first, ...english].find(({page}) => page === to).html;
    const dead = (pages, shown) =>
        pages.flatMap(({page, html: text}) =>
            [...text.matchAll(/href="\/console\/help\?page=([^"&]+)&#38;section=([^"]+)"/g)]
                .map(([, to, section]) => [decodeURIComponent(to), decodeURIComponent(section)])
                .filter(([to, section]) => !shown(to).includes(`id="s-${section}"`))
                .map((link) => [page, ...link]),
        );
    expect(dead(english, inOrder([]))).toEqual([]);
    expect(dead(french, inOrder(french))).toEqual([]);
});
it('every French page is one of the manual, but for the tour, whose English is the README', () => {
    const files = readdirSync(new URL('../../docs/fr/', import.meta.url)).map((name) => `fr/${name.replace(/\.md$/, '')}`);
    expect(files.filter((each) => each !== 'fr/visite').sort()).toEqual(Object.values(inFrench).sort());
});
