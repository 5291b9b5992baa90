// How many: a number between 1 and `max`, typed or counted up and down.
import {FormGroup, NumberInput} from '@patternfly/react-core';
import {t} from '../texts';

export const calsMax = 1_000_000;
export const usualQuantity = 5;

interface Props {
    id: string;
    label: string;
    value: number;
    max?: number;
    set: (value: number) => void;
    isRequired?: boolean;
}

export function QuantityField({id, label, value, max = calsMax, set, isRequired = true}: Props) {
    const size = (wanted: number) => set(Math.max(1, Math.min(max, Math.round(wanted) || 1)));
    return (
        <FormGroup label={label} fieldId={id} isRequired={isRequired}>
            <NumberInput
                id={id}
                value={value}
                min={1}
                max={max}
                inputAriaLabel={label}
                minusBtnAriaLabel={t('add.fewer')}
                plusBtnAriaLabel={t('add.more')}
                onMinus={() => size(value - 1)}
                onPlus={() => size(value + 1)}
                onChange={(event) => size(Number((event.target as HTMLInputElement).value))}
            />
        </FormGroup>
    );
}
