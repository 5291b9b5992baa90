// A number of an agreement, told right or wrong while it is typed.
import {FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput} from '@patternfly/react-core';
import {bareNumber, faultOfNumber, isWholeNumber, type NumberForm} from '../agreement';
import {t, tn} from '../texts';

interface Props {
    id: string;
    label: string;
    help: string; // while nothing is typed
    form: NumberForm;
    value: string;
    set: (value: string) => void;
    isRequired?: boolean;
}

export function AgreementNumber({id, label, help, form, value, set, isRequired = true}: Props) {
    const fault = faultOfNumber(value, form);
    const whole = isWholeNumber(value, form);
    const typed = bareNumber(value).length;
    const words = () => {
        if (fault?.what === 'character') return t(`agreement.no.${form.letters ? 'letter' : 'digit'}`, {character: fault.character});
        if (fault) return t('agreement.too_long', {of: form.length, typed});
        if (whole) return t('agreement.whole');
        return typed === 0 ? help : tn('agreement.so_far', typed, {of: form.length});
    };
    const state = fault ? 'error' : whole ? 'success' : 'default';
    return (
        <FormGroup label={label} fieldId={id} isRequired={isRequired}>
            <TextInput id={id} isRequired={isRequired} className="calm-id" autoComplete="off" autoCapitalize="characters" spellCheck="false" inputMode={form.letters ? 'text' : 'numeric'} validated={state} aria-describedby={`${id}-state`} value={value} onChange={(_, text) => set(text)} />
            <FormHelperText>
                <HelperText id={`${id}-state`} aria-live="polite">
                    <HelperTextItem variant={state}>{words()}</HelperTextItem>
                </HelperText>
            </FormHelperText>
        </FormGroup>
    );
}
