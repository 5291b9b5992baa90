// Product keys: several in a row, each checked group by group, redeemed over the network or with a request file.
import {Button, Form} from '@patternfly/react-core';
import TimesIcon from '@patternfly/react-icons/dist/esm/icons/times-icon';
import {type FormEvent, useRef, useState} from 'react';
import {type ActivationVendor, goOnline, isReachable, makeRequest} from '../activation';
import {type ActivationRequest, type ActivationWish, asProblem, type Problem, type TakenAnswer} from '../api';
import {bare, emptyCode, isWhole, productKey, splitIntoGroups} from '../codes';
import {saveFile} from '../files';
import {Link} from '../router';
import {t, tn} from '../texts';
import {AnswerBox} from './answer_box';
import {CodeFields, CodeState} from './code_fields';
import {RequestMade} from './request_made';
import {ProblemNotice} from './states';
import {VendorChoice} from './vendor_choice';

const keysMax = 50; // at once

const isEmpty = (key: string[]) => key.every((each) => each === '');

// Keys that were pasted one behind the other; the last may be a beginning.
function keysIn(text: string): string[][] {
    const groups = splitIntoGroups(text);
    const keys: string[][] = [];
    for (let at = 0; at < groups.length; at += productKey.groups) keys.push([...groups.slice(at, at + productKey.groups), ...emptyCode(productKey)].slice(0, productKey.groups));
    return keys;
}

function KeyList({keys, set}: {keys: string[][]; set: (keys: string[][]) => void}) {
    const change = (at: number, key: string[]) => set(keys.map((each, i) => (i === at ? key : each)));
    // Both halves of what was pasted arrive at once: the first in `latest`, the rest with `spill`.
    const latest = useRef(keys);
    latest.current = keys;
    return (
        <div className="calm-keys">
            {keys.map((key, at) => (
                <div key={at}>
                    <div className="calm-key-head">
                        <span className="calm-label">{keys.length === 1 ? t('keys.key') : t('keys.key_number', {number: at + 1})}</span>
                        {keys.length > 1 && (
                            <Button variant="plain" size="sm" aria-label={t('keys.drop', {number: at + 1})} icon={<TimesIcon />} onClick={() => set(keys.filter((_, i) => i !== at))} />
                        )}
                    </div>
                    <CodeFields
                        id={`key-${at + 1}`}
                        label={t('keys.key_number', {number: at + 1})}
                        kind={productKey}
                        groups={key}
                        set={(groups) => {
                            latest.current = latest.current.map((each, i) => (i === at ? groups : each));
                            change(at, groups);
                        }}
                        spill={(rest) => {
                            const after = latest.current.slice(at + 1).filter((each) => !isEmpty(each));
                            set([...latest.current.slice(0, at + 1), ...keysIn(rest), ...after].slice(0, keysMax));
                        }}
                    />
                    <CodeState id={`key-${at + 1}-state`} kind={productKey} groups={key} />
                </div>
            ))}
        </div>
    );
}

interface Props {
    vendors: ActivationVendor[];
    whenTaken: (taken: TakenAnswer) => void;
}

export function ProductKeys({vendors, whenTaken}: Props) {
    const [keys, setKeys] = useState([emptyCode(productKey)]);
    const [chosen, setChosen] = useState<string>();
    const [made, setMade] = useState<ActivationRequest>();
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const vendor = vendors.find((each) => each.key === chosen) ?? vendors[0];
    const filled = keys.filter((each) => !isEmpty(each));
    const whole = filled.length > 0 && filled.every((each) => isWhole(each, productKey));
    const doubled = new Set(filled.map((each) => bare(each.join('')))).size < filled.length;
    const run = async (act: (wish: ActivationWish) => Promise<unknown>) => {
        setBusy(true);
        setProblem(undefined);
        try {
            await act({vendor: vendor?.key, purpose: 'packs', keys: filled.map((each) => each.join('-'))});
        } catch (error) {
            setProblem(asProblem(error));
        }
        setBusy(false);
    };
    const online = vendor !== undefined && isReachable(vendor);
    const redeem = () => run(async (wish) => whenTaken(await goOnline(wish)));
    const write = () =>
        run(async (wish) => {
            const request = await makeRequest(wish);
            saveFile(request.file, request.request);
            setMade(request);
        });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (whole && !doubled && !busy) void (online ? redeem() : write());
    };
    if (!vendor) {
        return (
            <p>
                {t('keys.no_vendor')} <Link to="/console/activation?file=1">{t('activation.vendor_file')}</Link>
            </p>
        );
    }
    return (
        <>
            <Form onSubmit={submit} className="calm-keys-form">
                <VendorChoice vendors={vendors} value={vendor.key} choose={setChosen} />
                <KeyList keys={keys} set={setKeys} />
                <div aria-live="polite">
                    {keys.length < keysMax && (
                        <Button variant="link" isInline onClick={() => setKeys([...keys, emptyCode(productKey)])}>
                            {t('keys.another')}
                        </Button>
                    )}
                    {doubled && <p className="calm-quiet">{t('keys.doubled')}</p>}
                </div>
                {problem && <ProblemNotice problem={problem} />}
                <div className="calm-buttons">
                    {online && (
                        <Button type="submit" isDisabled={!whole || doubled || busy} isLoading={busy}>
                            {tn('keys.redeem', Math.max(filled.length, 1))}
                        </Button>
                    )}
                    <Button variant={online ? 'secondary' : 'primary'} isDisabled={!whole || doubled || busy} onClick={() => void write()}>
                        {t('keys.write')}
                    </Button>
                </div>
            </Form>
            {made && (
                <>
                    <RequestMade made={made} next={t('activation.carry')} />
                    <div className="calm-over">
                        <AnswerBox whenTaken={whenTaken} />
                    </div>
                </>
            )}
        </>
    );
}
