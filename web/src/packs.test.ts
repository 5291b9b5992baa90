import {beforeAll, expect, it, vi} from 'vitest';
import type {Pack} from './api';
import {allows, poolsOf} from './packs';
import {useLanguage} from './texts';

const pack: Pack = {pack: 1, product: 'cad-1', kind: 'per_user', quantity: 2, used: 1, free: 1, channel: 'retail', declared: false, state: 'usable'};

beforeAll(async () => {
    vi.stubGlobal('document', {documentElement: {}});
    await useLanguage('en');
});

it('a pack says whether its seats are for so many holders, or for so many at a time, and where', () => {
    expect(allows(pack)).toBe('2 persons may use cad-1, on any device.');
    expect(allows({...pack, metric: 'concurrent'})).toBe('2 persons at a time may use cad-1, on any device.');
    expect(allows({...pack, metric: 'concurrent', kind: 'per_device', quantity: 1})).toBe('1 device at a time may use cad-1, whoever sits at it.');
    expect(allows({...pack, metric: 'per_server', host: 3}, 'fs-1')).toBe('2 persons at a time may use cad-1 at fs-1, on any device.');
    expect(allows({...pack, metric: 'per_server'})).toBe('2 persons at a time may use cad-1 at the one host that the pack is given to; so far none.');
    expect(allows({...pack, kind: 'core', also: ['cad-2']})).toBe('2 licenses (core) for cad-1, cad-2.');
});

it('seats that are counted in another way are a pool of their own', () => {
    const pools = poolsOf([pack, {...pack, pack: 2}, {...pack, pack: 3, metric: 'concurrent', quantity: 5, used: 0}, {...pack, pack: 4, state: 'expired'}]);
    expect(pools.map(({metric, owned, used}) => [metric, owned, used])).toEqual([['concurrent', 5, 0], ['named', 4, 3]]);
});
