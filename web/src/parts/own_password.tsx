// One's own password: the old one, and the new one twice.
import {FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput} from '@patternfly/react-core';
import {useState} from 'react';
import {post} from '../api';
import {t} from '../texts';
import {Dialog} from './dialog';

const sizeMin = 12;

interface PasswordProps {
    id: string;
    label: string;
    value: string;
    set: (value: string) => void;
    help?: string;
    wrong?: boolean;
    isNew?: boolean;
}

function Password({id, label, value, set, help, wrong = false, isNew = false}: PasswordProps) {
    return (
        <FormGroup label={label} isRequired fieldId={id} className="calm-gap">
            <TextInput id={id} type="password" isRequired autoFocus={!isNew} autoComplete={isNew ? 'new-password' : 'current-password'} value={value} onChange={(_, typed) => set(typed)} validated={wrong ? 'error' : 'default'} aria-describedby={help === undefined ? undefined : `${id}-help`} />
            {help !== undefined && (
                <FormHelperText>
                    <HelperText id={`${id}-help`} aria-live="polite">
                        <HelperTextItem variant={wrong ? 'error' : 'default'}>{help}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            )}
        </FormGroup>
    );
}

export function OwnPassword({close}: {close: () => void}) {
    const [old, setOld] = useState('');
    const [wanted, setWanted] = useState('');
    const [again, setAgain] = useState('');
    const [done, setDone] = useState(false);
    if (done) {
        return (
            <Dialog key="done" title={t('password.done')} does={t('action.done')} told close={close} act={async () => undefined}>
                <p>{t('password.done_body')}</p>
            </Dialog>
        );
    }
    const differ = again !== '' && again !== wanted;
    return (
        <Dialog
            key="question"
            title={t('password.change')}
            does={t('password.change')}
            ready={old !== '' && wanted.length >= sizeMin && wanted === again}
            close={() => undefined}
            cancel={close}
            act={async () => {
                await post('/v1/session/password', {password: old, new_password: wanted});
                setDone(true);
            }}
        >
            <Password id="old-password" label={t('password.old')} value={old} set={setOld} />
            <Password id="wanted-password" label={t('password.new')} value={wanted} set={setWanted} help={t('settings.password_help')} isNew />
            <Password id="wanted-password-again" label={t('password.again')} value={again} set={setAgain} help={differ ? t('password.differ') : undefined} wrong={differ} isNew />
        </Dialog>
    );
}
