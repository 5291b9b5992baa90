import {expect, it} from 'vitest';
import {chapterOf, plain, searchIn, type Section, snippet} from './manual';

const section = (id: string, heading: string, text: string): Section => ({id, page: 'concepts/cal', title: 'Licences', section: 's', heading, text, language: 'fr'});
const found = searchIn([section('a', 'Période de grâce', 'un hôte neuf'), section('b', 'Prêts', 'la grâce d’un prêt à un remplaçant'), section('c', 'Postes', 'rien')]);
const ids = (query: string) => found(query).map(({id}) => id);

it('words are found without their accents, at their beginning, and with a slip', () => {
    expect(ids('grace')).toEqual(['a', 'b']);
    expect(ids('rempla')).toEqual(['b']);
    expect(ids('periodde')).toEqual(['a']);
});
it('all words of a query have to be there', () => {
    expect(ids('grâce prêt')).toEqual(['b']);
    expect(ids('grâce postes')).toEqual([]);
    expect(ids('')).toEqual([]);
    expect(ids('la grâce de prêts')).toEqual(['b']);
});
it('a snippet shows the text around the first word, and marks the words', () => {
    expect(snippet('la grâce', ['grace'])).toEqual([{text: 'la ', found: false}, {text: 'grâce', found: true}]);
    const parts = snippet(`${'avant '.repeat(60)}grâce${' après'.repeat(60)}`, ['grace']);
    expect(parts[0]?.text).toBe('… ');
    expect(parts.filter((each) => each.found).map((each) => each.text)).toEqual(['grâce']);
    expect(parts[parts.length - 1]?.text).toMatch(/après …$/);
    expect(parts.map((each) => each.text).join('').length).toBeLessThan(240);
});
it('a snippet is taken where the words stand together', () => {
    const text = `salé ${'et '.repeat(80)}oubli du sel${' et'.repeat(80)}`;
    const parts = snippet(text, ['sale', 'sel', 'oubli']);
    expect(parts.filter((each) => each.found).map((each) => each.text)).toEqual(['oubli', 'sel']);
});
it('a text without the words is shown from its beginning', () => {
    expect(snippet('court', ['grace'])).toEqual([{text: 'court', found: false}]);
    expect(snippet('', ['grace'])).toEqual([]);
});
it('each page stands in a chapter', () => {
    expect(chapterOf('start')).toBe('start');
    expect(chapterOf('concepts/cal')).toBe('concepts');
    expect(plain('ÉTÉ')).toBe('ete');
});
