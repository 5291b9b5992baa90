// The identifier of another license server, with what is wrong with it said while it is typed.
import {FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput} from '@patternfly/react-core';
import {faultOf, idLength} from '../ledger_id';
import {t, tn} from '../texts';

interface Props {
    id: string;
    label: string;
    help: string;
    value: string;
    set: (value: string) => void;
    autoFocus?: boolean;
}

export function ServerId({id, label, help, value, set, autoFocus = false}: Props) {
    const fault = value.trim() === '' ? undefined : faultOf(value);
    // Too few so far is no error: somebody types.
    const wrong = fault !== undefined && (fault.what !== 'length' || fault.characters > idLength);
    const words = () => {
        if (fault?.what === 'character') return t('server_id.character', {group: fault.group, character: fault.character});
        if (fault?.what === 'group') return t('server_id.group', {group: fault.group});
        if (fault?.what === 'length') return tn('server_id.length', fault.characters, {of: idLength});
        return help;
    };
    return (
        <FormGroup label={label} isRequired fieldId={id}>
            <TextInput
                id={id}
                className="calm-id"
                isRequired
                autoFocus={autoFocus}
                autoComplete="off"
                spellCheck="false"
                value={value}
                validated={wrong ? 'error' : 'default'}
                aria-describedby={`${id}-help`}
                onChange={(_, text) => set(text)}
            />
            <FormHelperText>
                <HelperText id={`${id}-help`} aria-live="polite">
                    <HelperTextItem variant={wrong ? 'error' : 'default'}>{words()}</HelperTextItem>
                </HelperText>
            </FormHelperText>
        </FormGroup>
    );
}
