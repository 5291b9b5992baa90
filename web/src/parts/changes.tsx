// What will change once CALs are added: the pool's size, and whether those that are missing are covered then.
import {Alert} from '@patternfly/react-core';
import {t, tn} from '../texts';

interface Props {
    product: string;
    before: number;
    after: number;
    missing: number; // of the product, now
}

export function Changes({product, before, after, missing}: Props) {
    const left = Math.max(0, missing - (after - before));
    return (
        <Alert component="p" variant="info" isInline title={t('add.changes')} className="calm-gap">
            <p>{t('add.pool_grows', {product, before, after})}</p>
            {missing > 0 && <p>{left > 0 ? tn('add.still_missing', left) : tn('add.then_covered', missing)}</p>}
        </Alert>
    );
}
