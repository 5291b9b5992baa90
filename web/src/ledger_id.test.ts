import {expect, it} from 'vitest';
import {faultOf, printed} from './ledger_id';

const id = '3PP6G-KJHE8-ZTD8G-XC4JD-8JFB2-VVYBT-GW3PV';

it('an identifier may be written as people like', () => {
    expect(faultOf(id)).toBeUndefined();
    expect(faultOf(id.toLowerCase().replaceAll('-', ' '))).toBeUndefined();
    expect(printed(` ${id.toLowerCase().replaceAll('-', '')}`)).toBe(id);
});
it('what cannot be one is told while it is typed, with the group', () => {
    expect(faultOf('')).toEqual({what: 'length', characters: 0});
    expect(faultOf('3PP6G-KJ')).toEqual({what: 'length', characters: 7});
    expect(faultOf(`${id}A`)).toEqual({what: 'length', characters: 36});
    expect(faultOf(id.replace('Z', 'O'))).toEqual({what: 'character', group: 3, character: 'O'});
    expect(faultOf('3PP6G-KJHE9')).toEqual({what: 'group', group: 2});
});
it('every change of one character and every swap of two groups is noticed', () => {
    const plain = id.replaceAll('-', '');
    for (let i = 0; i < plain.length; ++i) {
        const other = plain[i] === '2' ? '3' : '2';
        expect(faultOf(plain.slice(0, i) + other + plain.slice(i + 1))).toEqual({what: 'group', group: Math.floor(i / 5) + 1});
    }
    expect(faultOf(['KJHE8', '3PP6G', ...id.split('-').slice(2)].join('-'))).toEqual({what: 'group', group: 1});
});
