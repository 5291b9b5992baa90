// The figures that every decision to buy begins with: in use, owned, missing; and the stations, where there are any.
import type {Status} from '../api';
import {missingOf} from '../missing';
import {tn} from '../texts';
import {Big} from './facts';

export {missingOf};

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
