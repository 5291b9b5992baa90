import {expect, it} from 'vitest';
import {csvOf} from './csv';

it('a row is a line, and begins the file with what says that it is UTF-8', () => {
    expect(csvOf([['Jour', 'Essais'], ['2026-11-30', 12]])).toBe('\uFEFFJour,Essais\r\n2026-11-30,12\r\n');
});
it('what would end a field stands in quotes', () => {
    expect(csvOf([['a,b', 'c"d', 'e\nf']])).toBe('\uFEFF"a,b","c""d","e\nf"\r\n');
});
it('no field is a formula', () => {
    expect(csvOf([['=HYPERLINK("x")', '-1', '@a', 'a=b']])).toBe('\uFEFF"\'=HYPERLINK(""x"")","\'-1","\'@a",a=b\r\n');
});
