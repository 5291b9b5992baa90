import {describe, expect, it} from 'vitest';
import activation from '../../tests/fuzz/corpus/codes/activation?raw';
import pack from '../../tests/fuzz/corpus/codes/pack?raw';
import key from '../../tests/fuzz/corpus/codes/product_key?raw';
import request from '../../tests/fuzz/corpus/codes/request?raw';
import server from '../../tests/fuzz/corpus/codes/server_id?raw';
import {activationCode, type CodeKind, emptyCode, faultOfGroup, isWhole, packCode, productKey, requestCode, serverId, splitIntoGroups, typedInto} from './codes';

const codes: [string, string, CodeKind][] = [
    ['activation', activation, activationCode],
    ['pack', pack, packCode],
    ['product key', key, productKey],
    ['request', request, requestCode],
    ['server id', server, serverId],
];

describe.each(codes)('a code that the license server made: %s', (_, text, kind) => {
    const groups = splitIntoGroups(text);

    it('is right in each of its groups', () => {
        expect(groups).toHaveLength(kind.groups);
        expect(isWhole(groups, kind)).toBe(true);
        expect(isWhole(splitIntoGroups(text.toLowerCase().replaceAll('-', ' ')), kind)).toBe(true);
    });
    it('is wrong with any other character in any place', () => {
        groups.forEach((group, i) => {
            for (let at = 0; at < 5; ++at) {
                const other = group[at] === '2' ? '3' : '2';
                expect(faultOfGroup(group.slice(0, at) + other + group.slice(at + 1), i, kind)).toEqual({what: 'check'});
            }
        });
    });
    it('is wrong with two neighbours swapped, in a group or between groups', () => {
        groups.forEach((group, i) => {
            for (let at = 0; at < 4; ++at) {
                const swapped = group.slice(0, at) + group[at + 1] + group[at] + group.slice(at + 2);
                if (swapped !== group) expect(faultOfGroup(swapped, i, kind)).toEqual({what: 'check'});
            }
            expect(faultOfGroup(group, i + 1, kind)).toEqual({what: 'check'});
        });
    });
    it('is no code of another kind', () => {
        for (const [, , other] of codes) if (other.tone !== kind.tone) expect(faultOfGroup(groups[0] ?? '', 0, other)).toEqual({what: 'check'});
    });
});

describe('a group while it is typed', () => {
    it('is not wrong before it is whole, except for a character that never occurs', () => {
        expect(faultOfGroup('', 0, productKey)).toBeUndefined();
        expect(faultOfGroup('2632', 0, productKey)).toBeUndefined();
        expect(faultOfGroup('26O', 0, productKey)).toEqual({what: 'character', character: 'O'});
        expect(faultOfGroup('26é', 0, productKey)).toEqual({what: 'character', character: 'é'});
    });
    it('leads to the next one when it is whole', () => {
        const empty = emptyCode(productKey);
        expect(typedInto(empty, 0, '263')).toEqual({groups: ['263', '', '', '', ''], at: 0, rest: ''});
        expect(typedInto(empty, 0, '2632e')).toEqual({groups: ['2632E', '', '', '', ''], at: 1, rest: ''});
        expect(typedInto(empty, 4, '2222j').at).toBe(4);
        expect(typedInto(['2632E', '8', '', '', ''], 1, '')).toEqual({groups: ['2632E', '', '', '', ''], at: 1, rest: ''});
    });
    it('takes what is pasted on into the next ones, and a whole code from the first', () => {
        const groups = splitIntoGroups(key);
        expect(typedInto(emptyCode(productKey), 1, '83277-2S5J')).toEqual({groups: ['', '83277', '2S5J', '', ''], at: 2, rest: ''});
        expect(typedInto(emptyCode(productKey), 3, ` ${key.toLowerCase()}`)).toEqual({groups, at: 4, rest: ''});
        expect(typedInto(emptyCode(productKey), 0, `${key}\n${key}`)).toEqual({groups, at: 4, rest: groups.join('')});
    });
});
