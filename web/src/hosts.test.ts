import {describe, expect, it} from 'vitest';
import type {Host, Hosts} from './api';
import {allHosts, eachOf, hostsPath} from './hosts';

const hosts = Array.from({length: 2_500}, (_, index) => ({host: index + 1, name: `fs-${index + 1}`}) as Host);

describe('hosts of many pages', () => {
    it('are all read that match a search', async () => {
        const asked: string[] = [];
        const page = async (path: string): Promise<Hosts> => {
            asked.push(path);
            const query = new URLSearchParams(path.split('?')[1]);
            const from = Number(query.get('cursor') ?? 0);
            const to = from + Number(query.get('limit'));
            return {hosts: hosts.slice(from, to), total: hosts.length, ...(to < hosts.length ? {cursor: String(to)} : {})};
        };
        expect(await allHosts('fs', {}, page)).toEqual(hosts);
        expect(asked).toEqual(['/v1/hosts?limit=1000&search=fs', '/v1/hosts?limit=1000&search=fs&cursor=1000', '/v1/hosts?limit=1000&search=fs&cursor=2000']);
    });
    it('are asked for by search and state, where there are any', () => {
        expect(hostsPath(100, '')).toBe('/v1/hosts?limit=100');
        expect(hostsPath(100, 'a b', 'silent')).toBe('/v1/hosts?limit=100&search=a+b&state=silent');
    });
    it('are worked on once each, no more than so many at a time', async () => {
        const seen: number[] = [];
        let running = 0;
        let most = 0;
        const told: number[] = [];
        await eachOf([1, 2, 3, 4, 5], 2, async (each) => {
            most = Math.max(most, ++running);
            await Promise.resolve();
            seen.push(each);
            --running;
        }, (done) => told.push(done));
        expect(seen.sort()).toEqual([1, 2, 3, 4, 5]);
        expect(most).toBe(2);
        expect(told).toEqual([1, 2, 3, 4, 5]);
    });
});
