// Whose clearinghouse is asked, where there is more than one.
import {FormGroup, FormSelect, FormSelectOption} from '@patternfly/react-core';
import type {ActivationVendor} from '../activation';
import {t} from '../texts';

export function VendorChoice({vendors, value, choose}: {vendors: ActivationVendor[]; value: string; choose: (key: string) => void}) {
    if (vendors.length < 2) return null;
    return (
        <FormGroup label={t('fact.vendor')} fieldId="vendor" isRequired>
            <FormSelect id="vendor" value={value} onChange={(_, key) => choose(key)}>
                {vendors.map((each) => (
                    <FormSelectOption key={each.key} value={each.key} label={each.vendor || each.fingerprint} />
                ))}
            </FormSelect>
        </FormGroup>
    );
}
