// What will change once CALs are added: the pool's size, whether those that are missing are covered then, and who would
// be refused all the same, as the license server looks ahead.
import {Alert} from '@patternfly/react-core';
import type {Refusals} from '../api';
import {useData} from '../data';
import {t, tn} from '../texts';
import {date} from '../time';

interface Props {
    product: string;
    kind: string;
    before: number;
    after: number;
    missing: number; // of the product, now
    foreseeable?: boolean; // the product is known, and the seats serve whoever comes
}

function Refused({refusals: {stations, holders}}: {refusals: Refusals}) {
    if (stations.now + stations.later + holders.later === 0) return <p>{t('add.refused.nobody')}</p>;
    return (
        <>
            {stations.now > 0 && <p>{tn('add.refused.now', stations.now)}</p>}
            {stations.from !== undefined && <p>{tn('add.refused.later', stations.later, {date: date(stations.from)})}</p>}
            {holders.from !== undefined && <p>{tn('add.refused.holders', holders.later, {date: date(holders.from)})}</p>}
        </>
    );
}

export function Changes({product, kind, before, after, missing, foreseeable = true}: Props) {
    const left = Math.max(0, missing - (after - before));
    const query = new URLSearchParams({kind, quantity: String(after - before)});
    const {data} = useData<Refusals>(foreseeable ? `/v1/products/${encodeURIComponent(product)}/refusals?${query.toString()}` : undefined, 0);
    return (
        <Alert component="p" variant={data && data.stations.now > 0 ? 'warning' : 'info'} isInline title={t('add.changes')} className="calm-gap">
            <p>{t('add.pool_grows', {product, before, after})}</p>
            {missing > 0 && <p>{left > 0 ? tn('add.still_missing', left) : tn('add.then_covered', missing)}</p>}
            {data && <Refused refusals={data} />}
        </Alert>
    );
}
