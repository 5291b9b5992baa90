// The second step of one's own sign-in: turned on with an app on the phone, and off again with one of its codes.
import {Button, Card, CardBody, CardHeader, CardTitle, FormGroup, Label, TextInput} from '@patternfly/react-core';
import {lazy, Suspense, useRef, useState} from 'react';
import {post, type SecondFactor} from '../api';
import {useData} from '../data';
import {useQuery} from '../router';
import {t, tn} from '../texts';
import {Dialog, useFocusWhenDone} from './dialog';
import {Copy} from './facts';
import {Loading, ProblemNotice} from './states';

const Qr = lazy(() => import('./qr'));
const path = '/v1/session/second-factor';

interface Secret {
    secret: string;
    uri: string;
}

// Password, secret, recovery codes: one after the other.
function TurnOn({close, changed}: {close: () => void; changed: () => unknown}) {
    const [password, setPassword] = useState('');
    const [secret, setSecret] = useState<Secret>();
    const [code, setCode] = useState('');
    const [codes, setCodes] = useState<string[]>();
    if (codes) {
        return (
            <Dialog key="codes" title={t('settings.recovery')} lead={t('settings.recovery_lead')} does={t('settings.recovery_kept')} told close={close} act={async () => undefined}>
                <ul className="calm-recovery">
                    {codes.map((each) => (
                        <li key={each}>
                            <code>{each}</code>
                        </li>
                    ))}
                </ul>
            </Dialog>
        );
    }
    if (secret) {
        return (
            <Dialog
                key="secret"
                title={t('settings.second_step_begin')}
                lead={t('settings.second_step_scan')}
                does={t('settings.second_step_confirm')}
                ready={code.trim() !== ''}
                close={() => undefined}
                cancel={close}
                act={async () => {
                    setCodes((await post<{recovery_codes: string[]}>(`${path}/confirm`, {code: code.trim()})).recovery_codes);
                    await changed();
                }}
            >
                <Suspense fallback={<div className="calm-qr" />}>
                    <Qr text={secret.uri} label={t('settings.second_step_qr')} />
                </Suspense>
                <p className="calm-label calm-gap">{t('settings.second_step_secret')}</p>
                <Copy text={secret.secret} label={t('settings.second_step_secret')} />
                <FormGroup label={t('settings.second_step_first')} isRequired fieldId="first-code" className="calm-gap">
                    <TextInput id="first-code" autoFocus isRequired inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(_, value) => setCode(value)} />
                </FormGroup>
            </Dialog>
        );
    }
    return (
        <Dialog
            key="password"
            title={t('settings.second_step_begin')}
            lead={t('settings.second_step_begin_lead')}
            does={t('sign_in.go_on')}
            ready={password !== ''}
            close={() => undefined}
            cancel={close}
            act={async () => setSecret(await post<Secret>(path, {password}))}
        >
            <FormGroup label={t('sign_in.password')} isRequired fieldId="own-password">
                <TextInput id="own-password" autoFocus type="password" isRequired autoComplete="current-password" value={password} onChange={(_, value) => setPassword(value)} />
            </FormGroup>
        </Dialog>
    );
}

function TurnOff({close, changed}: {close: () => void; changed: () => unknown}) {
    const [code, setCode] = useState('');
    return (
        <Dialog
            danger
            title={t('settings.second_step_end')}
            does={t('settings.second_step_turn_off')}
            ready={code.trim() !== ''}
            close={close}
            act={async () => {
                await post(`${path}/remove`, {code: code.trim()});
                await changed();
            }}
        >
            <p>{t('settings.second_step_end_body')}</p>
            <FormGroup label={t('sign_in.code')} isRequired fieldId="last-code" className="calm-gap">
                <TextInput id="last-code" autoFocus isRequired autoComplete="one-time-code" spellCheck="false" aria-describedby="last-code-help" value={code} onChange={(_, value) => setCode(value)} />
                <p id="last-code-help" className="calm-quiet">
                    {t('sign_in.code_help')}
                </p>
            </FormGroup>
        </Dialog>
    );
}

export function SecondStep() {
    const {data, problem, reload} = useData<SecondFactor>(path, 0);
    const [query] = useQuery();
    const [asked, setAsked] = useState<'on' | 'off' | undefined>(query.get('ask') === 'second-step' ? 'on' : undefined);
    const heading = useRef<HTMLHeadingElement>(null);
    const focusHeading = useFocusWhenDone(asked !== undefined, heading);
    const close = () => setAsked(undefined);
    const changed = () => {
        focusHeading();
        return reload();
    };
    return (
        <Card>
            <CardHeader>
                <CardTitle component="h2">
                    <span ref={heading} tabIndex={-1}>
                        {t('settings.second_step')}
                    </span>
                </CardTitle>
            </CardHeader>
            <CardBody>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && (
                    <>
                        <p>
                            <Label color={data.on ? 'green' : 'grey'}>{t(data.on ? 'settings.factor_on' : 'settings.factor_off')}</Label>
                        </p>
                        <p className="calm-gap">{t(data.on ? 'settings.second_step_on' : 'settings.second_step_off')}</p>
                        {data.on && <p>{tn('settings.recovery_left', data.recovery_codes_left)}</p>}
                        <div className="calm-buttons">
                            <Button variant="secondary" isDanger={data.on} onClick={() => setAsked(data.on ? 'off' : 'on')}>
                                {t(data.on ? 'settings.second_step_turn_off' : 'settings.second_step_turn_on')}
                            </Button>
                        </div>
                    </>
                )}
            </CardBody>
            {asked === 'on' && data && <TurnOn close={close} changed={changed} />}
            {asked === 'off' && <TurnOff close={close} changed={changed} />}
        </Card>
    );
}
