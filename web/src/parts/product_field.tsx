// Which product, and of which kind: lists to choose from.
import {FormGroup, FormSelect, FormSelectOption} from '@patternfly/react-core';
import type {Product} from '../api';
import {t, word} from '../texts';

export function ProductField({products, value, choose}: {products: Product[]; value: string; choose: (product: string) => void}) {
    return (
        <FormGroup label={t('fact.product')} fieldId="product" isRequired>
            <FormSelect id="product" value={value} onChange={(_, product) => choose(product)}>
                {products.map((each) => (
                    <FormSelectOption key={each.product} value={each.product} label={each.product} />
                ))}
            </FormSelect>
        </FormGroup>
    );
}

export function KindField({kinds, value, choose}: {kinds: readonly string[]; value: string; choose: (kind: string) => void}) {
    return (
        <FormGroup label={t('fact.kind')} fieldId="kind" isRequired>
            <FormSelect id="kind" value={value} onChange={(_, kind) => choose(kind)}>
                {kinds.map((each) => (
                    <FormSelectOption key={each} value={each} label={word('kind', each)} />
                ))}
            </FormSelect>
        </FormGroup>
    );
}
