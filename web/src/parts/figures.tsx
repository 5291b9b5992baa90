// The figures that every decision to buy begins with: in use, owned, missing; and the stations, where there are any.
import type {Status} from '../api';
import {tn} from '../texts';
import {Big} from './facts';

// How many CALs are missing: of one product, or of all.
export function missingOf(products: Status['products'], product?: string): number {
    return products.reduce((total, each) => (product === undefined || each.product === product ? total + each.overuse : total), 0);
}

// What there is of a product.
export type Counts = (product: string) => {owned: number; missing: number};

export function Figures({status: {products, stations}}: {status: Status}) {
    const sum = (of: (each: Status['products'][number]) => number) => products.reduce((total, each) => total + of(each), 0);
    const inUse = sum((each) => each.used + each.overuse + each.temporary);
    const owned = sum((each) => each.owned);
    const missing = missingOf(products);
    return (
        <div className="calm-bigs">
            {stations.registered > 0 && <Big value={stations.covered} words={tn('figures.stations', stations.covered, {of: stations.registered})} />}
            <Big value={inUse} words={tn('add.in_use', inUse)} />
            <Big value={owned} words={tn('add.owned', owned)} />
            <Big value={missing} words={tn('add.missing', missing)} tone={missing > 0 ? 'danger' : undefined} />
        </div>
    );
}
