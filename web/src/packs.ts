// What packs allow, in words, and the pools that they make up.
import type {Pack} from './api';
import {tn, word} from './texts';

// How the seats are counted: each is one holder's (`named`), or one holder's at a time.
export type Metric = 'named' | 'concurrent' | 'per_server';

export interface Pool {
    product: string;
    kind: Pack['kind'];
    metric: Metric;
    owned: number;
    used: number;
}

export const metricOf = (pack: Pack): Metric => pack.metric ?? 'named';

export function poolsOf(packs: Pack[]): Pool[] {
    const pools = new Map<string, Pool>();
    for (const pack of packs) {
        const metric = metricOf(pack);
        const key = `${pack.product} ${pack.kind} ${metric}`;
        const pool = pools.get(key) ?? {product: pack.product, kind: pack.kind, metric, owned: 0, used: 0};
        if (pack.state === 'usable') pool.owned += pack.quantity;
        pool.used += pack.used;
        pools.set(key, pool);
    }
    return [...pools.values()].sort((a, b) => a.product.localeCompare(b.product) || a.kind.localeCompare(b.kind) || a.metric.localeCompare(b.metric));
}

// `host` is the name of the one to which a per-server pack is given.
export function allows(pack: Pack, host?: string): string {
    const products = [pack.product, ...(pack.also ?? [])].join(', ');
    const {kind, metric, quantity} = pack;
    if (kind !== 'per_user' && kind !== 'per_device') return tn('allows.other', quantity, {products, kind: word('kind', kind)});
    if (metric === undefined) return tn(`allows.${kind}`, quantity, {products});
    if (metric === 'concurrent') return tn(`allows.concurrent.${kind}`, quantity, {products});
    return host === undefined ? tn(`allows.no_host.${kind}`, quantity, {products}) : tn(`allows.per_server.${kind}`, quantity, {products, host});
}
