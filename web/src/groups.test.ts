import {expect, it} from 'vitest';
import type {Group} from './api';
import {found, isGroupCode} from './groups';

const member = (subject: number, name?: string) => ({subject, kind: 'user' as const, name});
const groups: Group[] = [
    {group: 'engineers', members: [member(1, 'Anna'), member(2, 'bruno'), member(3)], reserved: []},
    {group: 'night-shift', members: [member(1, 'Anna')], reserved: []},
];

it('a code is what the license server takes as one', () => {
    for (const code of ['engineers', '2nd', 'night-shift', 'a..b', 'x_']) expect(isGroupCode(code), code).toBe(true);
    for (const code of ['', 'Engineers', '-a', 'a b', 'é', 'a'.repeat(65)]) expect(isGroupCode(code), code).toBe(false);
});
it('a group is found by its own name with all members, else by those that fit', () => {
    expect(found(groups, ' ')).toEqual(groups);
    expect(found(groups, 'ENGI')).toEqual([groups[0]]);
    expect(found(groups, 'anna').map((each) => [each.group, each.members.length])).toEqual([['engineers', 1], ['night-shift', 1]]);
    expect(found(groups, 'nobody')).toEqual([]);
});
