// One filter of a list: a choice of values, the first of which may be that of all.
import {FormSelect, FormSelectOption} from '@patternfly/react-core';

interface Props {
    label: string;
    all?: string; // what all of them are called, where all may be chosen
    value: string | null | undefined;
    options: [value: string, words: string][];
    choose: (value: string | undefined) => void; // nothing: all
}

export function FilterSelect({label, all, value, options, choose}: Props) {
    return (
        <FormSelect className="calm-filter" aria-label={label} value={value ?? ''} onChange={(_, chosen) => choose(chosen || undefined)}>
            {all !== undefined && <FormSelectOption value="" label={all} />}
            {options.map(([each, words]) => (
                <FormSelectOption key={each} value={each} label={words} />
            ))}
        </FormSelect>
    );
}
