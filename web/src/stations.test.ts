import {expect, it} from 'vitest';
import type {Station} from './api';
import {fits, inOrder, stationFilters} from './stations';

const stations: Station[] = [
    {station: 1, name: 'Front desk', host: 1, host_name: 'room', kind: 'local', cals: [4]},
    {station: 2, name: 'window', host: 1, host_name: 'room', kind: 'remote', cals: []},
    {station: 3, name: 'desktop-1', host: 2, host_name: 'hall', kind: 'virtual_desktop', cals: []},
];
const found = (address: string) => stations.filter((each) => fits(each, stationFilters(new URLSearchParams(address)))).map((each) => each.station);

it('stations are found by a part of their name, host, kind, and whether they have a CAL', () => {
    expect(found('')).toEqual([1, 2, 3]);
    expect(found('search=DESK')).toEqual([1, 3]);
    expect(found('host=1')).toEqual([1, 2]);
    expect(found('kind=virtual_desktop')).toEqual([3]);
    expect(found('cal=with')).toEqual([1]);
    expect(found('cal=without')).toEqual([2, 3]);
    expect(found('cal=without&host=1&search=w')).toEqual([2]);
    expect(found('host=9')).toEqual([]);
});

it('stations stand by host, then by name as people count', () => {
    const named = (name: string, host_name: string): Station => ({station: 1, name, host: 1, host_name, kind: 'local', cals: []});
    const all = [named('seat-10', 'room'), named('Seat-2', 'room'), named('zulu', 'hall'), named('écran', 'room')];
    expect(inOrder(all, 'fr').map((each) => each.name)).toEqual(['zulu', 'écran', 'Seat-2', 'seat-10']);
    expect(all[0]?.name).toBe('seat-10');
});
