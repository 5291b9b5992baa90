// What is added, where no pack says it: so many CALs of a kind, for a product. A product that is chosen fills in how many
// of it are missing.
import {useState} from 'react';
import type {Product} from '../api';
import {t} from '../texts';
import type {Counts} from './figures';
import {KindField, ProductField} from './product_field';
import {QuantityField, usualQuantity} from './quantity_field';

export interface WantedCals {
    product: string;
    kind: string;
    quantity: number;
}

export function useWantedCals(products: Product[], counts: Counts) {
    const ofProduct = (product: string) => ({product, quantity: counts(product).missing || usualQuantity});
    const [wanted, setWanted] = useState<WantedCals>(() => ({kind: 'per_user', ...ofProduct(products[0]?.product ?? '')}));
    return {wanted, set: (change: Partial<WantedCals>) => setWanted({...wanted, ...(change.product === undefined ? {} : ofProduct(change.product)), ...change})};
}

interface Props {
    products: Product[];
    kinds: readonly string[];
    wanted: WantedCals;
    set: (change: Partial<WantedCals>) => void;
}

export function CalsFields({products, kinds, wanted, set}: Props) {
    return (
        <>
            <ProductField products={products} value={wanted.product} choose={(product) => set({product})} />
            <KindField kinds={kinds} value={wanted.kind} choose={(kind) => set({kind})} />
            <QuantityField id="quantity" label={t('fact.quantity')} value={wanted.quantity} set={(quantity) => set({quantity})} />
        </>
    );
}
