// The three ways of one activation: over the network, by file, by telephone. Each ends with what came of it.
import {Alert, Button, Form, FormGroup, Radio, TextInput} from '@patternfly/react-core';
import {type FormEvent, type ReactNode, useState} from 'react';
import {type ActivationVendor, type Asker, goOnline, makeRequest, reasons, takeReadOut, usualReason, wasActivated, wishFor} from '../activation';
import {type ActivationRequest, asProblem, type Problem, type TakenAnswer} from '../api';
import {activationCode, emptyCode, isWhole} from '../codes';
import {saveFile} from '../files';
import {t, word} from '../texts';
import {dateTime} from '../time';
import {AnswerBox} from './answer_box';
import {CodeFields, CodeState} from './code_fields';
import {ReadOut, RequestMade} from './request_made';
import {ProblemNotice} from './states';

export interface WayProps {
    vendor: ActivationVendor;
    serverId: string;
    whenTaken: (taken: TakenAnswer) => void;
    changed: () => unknown; // a request was made
}

const textMax = 200;

function useAsker(vendor: ActivationVendor) {
    const [asker, setAsker] = useState<Asker>({why: usualReason(vendor), company: '', contact: '', country: ''});
    return [asker, (part: Partial<Asker>) => setAsker({...asker, ...part})] as const;
}

function AskerFields({vendor, asker, set, only}: {vendor: ActivationVendor; asker: Asker; set: (part: Partial<Asker>) => void; only?: 'why'}) {
    return (
        <>
            {wasActivated(vendor) && (
                <FormGroup role="radiogroup" label={t('activation.why')} fieldId="why" isRequired>
                    {reasons.map((each) => (
                        <Radio key={each} id={`why-${each}`} name="why" label={word('activation.reason', each)} isChecked={asker.why === each} onChange={() => set({why: each})} />
                    ))}
                </FormGroup>
            )}
            {only === undefined && (
                <div className="calm-two">
                    {(['company', 'contact', 'country'] as const).map((each) => (
                        <FormGroup key={each} label={word('activation.asker', each)} fieldId={`asker-${each}`}>
                            <TextInput id={`asker-${each}`} maxLength={textMax} value={asker[each]} onChange={(_, value) => set({[each]: value})} />
                        </FormGroup>
                    ))}
                </div>
            )}
        </>
    );
}

// A form whose button asks the license server something, with what went wrong in it.
function Asking({does, again = false, ready = true, act, children}: {does: string; again?: boolean; ready?: boolean; act: () => Promise<unknown>; children?: ReactNode}) {
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setProblem(undefined);
        try {
            await act();
        } catch (error) {
            setProblem(asProblem(error));
        }
        setBusy(false);
    };
    return (
        <Form onSubmit={(event) => void submit(event)}>
            {children}
            {problem && <ProblemNotice problem={problem} />}
            <div className="calm-buttons">
                <Button type="submit" variant={again ? 'secondary' : 'primary'} isDisabled={!ready || busy} isLoading={busy}>
                    {does}
                </Button>
            </div>
        </Form>
    );
}

function Step({number, title, children}: {number: number; title: string; children: ReactNode}) {
    return (
        <li className="calm-way-step">
            <span className="calm-way-number" aria-hidden="true">
                {number}
            </span>
            <div className="calm-way-body">
                <h3 className="calm-subtitle">{title}</h3>
                {children}
            </div>
        </li>
    );
}

export function Online({vendor, whenTaken}: WayProps) {
    const [asker, set] = useAsker(vendor);
    return (
        <Asking does={t('activation.go_online')} act={async () => whenTaken(await goOnline(wishFor(vendor, asker)))}>
            <AskerFields vendor={vendor} asker={asker} set={set} />
        </Asking>
    );
}

export function ByFile({vendor, whenTaken, changed}: WayProps) {
    const [asker, set] = useAsker(vendor);
    const [made, setMade] = useState<ActivationRequest>();
    const make = async () => {
        const request = await makeRequest(wishFor(vendor, asker));
        saveFile(request.file, request.request);
        setMade(request);
        await changed();
    };
    return (
        <ol className="calm-way">
            <Step number={1} title={t('activation.step_request')}>
                <Asking again={made !== undefined} does={made ? t('activation.make_another') : t('activation.make_request')} act={make}>
                    <AskerFields vendor={vendor} asker={asker} set={set} />
                </Asking>
                {made && <RequestMade made={made} next={t('activation.carry')} />}
            </Step>
            <Step number={2} title={t('activation.step_answer')}>
                <AnswerBox whenTaken={whenTaken} />
            </Step>
        </ol>
    );
}

export function ByPhone({vendor, serverId, whenTaken, changed}: WayProps) {
    const [asker, set] = useAsker(vendor);
    const [groups, setGroups] = useState(() => emptyCode(activationCode));
    const open = vendor.requests[0]; // the newest
    const make = async () => {
        await makeRequest(wishFor(vendor, asker));
        await changed();
    };
    const take = async () => {
        const {serial, activated_until: until} = await takeReadOut(vendor, groups.join('-'));
        whenTaken({serial, activated_until: until, packs: [], renewed: [], revoked: [], refused: []});
    };
    return (
        <ol className="calm-way">
            <Step number={1} title={t('activation.step_code')}>
                {open && <p className="calm-quiet calm-because">{t('activation.code_from', {at: dateTime(open.at)})}</p>}
                <Asking again={open !== undefined} does={open ? t('activation.make_another_code') : t('activation.make_code')} act={make}>
                    <AskerFields vendor={vendor} asker={asker} set={set} only="why" />
                </Asking>
            </Step>
            <Step number={2} title={t('activation.step_tell')}>
                <ReadOut label={t('home.server_id')} code={serverId} />
                {open ? <ReadOut label={t('activation.request_code')} code={open.code} /> : <p className="calm-quiet calm-gap">{t('activation.no_code_yet')}</p>}
            </Step>
            <Step number={3} title={t('activation.step_type')}>
                <Asking does={t('activation.go_phone')} ready={open !== undefined && isWhole(groups, activationCode)} act={take}>
                    <div>
                        <CodeFields id="activation-code" label={t('activation.code')} kind={activationCode} groups={groups} set={setGroups} />
                        <CodeState id="activation-code-state" kind={activationCode} groups={groups} />
                    </div>
                </Asking>
            </Step>
        </ol>
    );
}

// A vendor's file that does not say who signs for it leaves the file as the only way.
export function NoClearinghouse() {
    return (
        <Alert component="p" variant="info" isInline title={t('activation.no_clearinghouse')}>
            <p>{t('activation.no_clearinghouse_body')}</p>
        </Alert>
    );
}
