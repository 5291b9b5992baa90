// A CAL serves a stand-in until a day, and is taken back before it.
import {FormGroup, FormHelperText, HelperText, HelperTextItem, Radio, TextInput} from '@patternfly/react-core';
import {useEffect, useState} from 'react';
import {type Cal, type Cals, post} from '../api';
import {useData} from '../data';
import {endOfDay, holderName, lastDay, mayLend} from '../holding';
import {t, word} from '../texts';
import {calendarDay, date} from '../time';
import {Dialog} from './dialog';
import {ProblemNotice} from './states';

const reasons = ['absence', 'repair'] as const;
type Why = (typeof reasons)[number];
const loanDaysMax = 365;

const daysFromNow = (days: number) => {
    const then = new Date();
    then.setDate(then.getDate() + days);
    return calendarDay(then);
};

interface Props {
    cal: Cal;
    close: () => void;
    done: (cal: Cal, told: string) => unknown;
}

interface Terms {
    to: string;
    day: string;
    why: Why;
}

const usualWhy = (cal: Cal | undefined): Why => (cal?.holder.kind === 'device' ? 'repair' : 'absence');
const areWhole = ({to, day}: Terms) => to.trim() !== '' && day >= daysFromNow(0) && day <= daysFromNow(loanDaysMax);

// Answers the CAL as it is then, and what to tell.
async function lend(cal: Cal, {to, day, why}: Terms): Promise<[Cal, string]> {
    const until = endOfDay(day);
    const now = await post<Cal>(`/v1/cals/${cal.cal}/lend`, {to: to.trim(), until, why});
    return [now, t('holders.now.lent', {holder: holderName(now), to: to.trim(), until: lastDay(until)})];
}

function TermFields({kind, terms, set, first}: {kind: Cal['holder']['kind']; terms: Terms; set: (terms: Terms) => void; first: boolean}) {
    return (
        <>
            <FormGroup label={t('holders.lend_to')} isRequired fieldId="lend-to" className={first ? undefined : 'calm-gap'}>
                <TextInput id="lend-to" isRequired autoFocus={first} spellCheck="false" autoComplete="off" aria-describedby="lend-to-help" value={terms.to} onChange={(_, to) => set({...terms, to})} />
                <FormHelperText>
                    <HelperText id="lend-to-help">
                        <HelperTextItem>{word('lend_to_help', kind)}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
            <FormGroup label={t('holders.lend_until')} isRequired fieldId="lend-until" className="calm-gap">
                <TextInput id="lend-until" isRequired type="date" className="calm-date" min={daysFromNow(0)} max={daysFromNow(loanDaysMax)} value={terms.day} onChange={(_, day) => set({...terms, day})} />
            </FormGroup>
            <FormGroup role="radiogroup" label={t('holders.lend_why')} fieldId="lend-why" className="calm-gap">
                <div className="calm-radios">
                    {reasons.map((each) => (
                        <Radio key={each} id={`lend-${each}`} name="lend-why" label={word('loan_why', each)} isChecked={terms.why === each} onChange={() => set({...terms, why: each})} />
                    ))}
                </div>
            </FormGroup>
        </>
    );
}

export function Lend({cal, close, done}: Props) {
    const [terms, setTerms] = useState<Terms>({to: '', day: '', why: usualWhy(cal)});
    return (
        <Dialog
            title={t('holders.lend_title', {holder: holderName(cal)})}
            lead={t('holders.lend_lead', {product: cal.product, holder: holderName(cal)})}
            does={t('holders.lend')}
            ready={areWhole(terms)}
            close={close}
            act={async () => done(...(await lend(cal, terms)))}
        >
            <TermFields first kind={cal.holder.kind} terms={terms} set={setTerms} />
        </Dialog>
    );
}

// As somebody comes who knows a name: whose CAL, then which of theirs, where they have several.
export function LendForAbsence({close, done}: Omit<Props, 'cal'>) {
    const [who, setWho] = useState('');
    const [asked, setAsked] = useState('');
    const [chosen, setChosen] = useState<number>();
    const [terms, setTerms] = useState<Terms>({to: '', day: '', why: 'absence'});
    useEffect(() => {
        const timer = setTimeout(() => setAsked(who.trim()), 250);
        return () => clearTimeout(timer);
    }, [who]);
    const {data, problem} = useData<Cals>(asked === '' ? undefined : `/v1/cals?state=active&holder=${encodeURIComponent(asked)}`, 0);
    const cals = data?.cals.filter(mayLend) ?? [];
    const cal = cals.find((each) => each.cal === chosen) ?? cals[0];
    const kind = cal?.holder.kind;
    useEffect(() => setTerms((now) => ({...now, why: kind === 'device' ? 'repair' : 'absence'})), [kind]);
    return (
        <Dialog
            title={t('holders.absent')}
            lead={t('holders.absent_lead')}
            does={t('holders.lend')}
            ready={cal !== undefined && asked === who.trim() && areWhole(terms)}
            close={close}
            act={async () => {
                if (cal) await done(...(await lend(cal, terms)));
            }}
        >
            <FormGroup label={t('holders.absent_who')} isRequired fieldId="absent-who">
                <TextInput id="absent-who" isRequired autoFocus spellCheck="false" autoComplete="off" aria-describedby="absent-who-help" value={who} onChange={(_, value) => setWho(value)} />
                <FormHelperText>
                    <HelperText id="absent-who-help" aria-live="polite">
                        {data && cals.length === 0 ? <HelperTextItem variant="error">{t('holders.absent_none')}</HelperTextItem> : <HelperTextItem>{t('holders.absent_who_help')}</HelperTextItem>}
                    </HelperText>
                </FormHelperText>
            </FormGroup>
            {problem && <ProblemNotice problem={problem} />}
            {cals.length > 0 && (
                <FormGroup role="radiogroup" label={t('holders.absent_which')} fieldId="absent-cal" className="calm-gap">
                    <div className="calm-radios">
                        {cals.map((each) => (
                            <Radio key={each.cal} id={`absent-cal-${each.cal}`} name="absent-cal" label={t('holders.absent_cal', {product: each.product, kind: word('kind', each.kind), until: date(each.expires_at)})} isChecked={each.cal === cal?.cal} onChange={() => setChosen(each.cal)} />
                        ))}
                    </div>
                </FormGroup>
            )}
            <TermFields first={false} kind={kind ?? 'user'} terms={terms} set={setTerms} />
        </Dialog>
    );
}

// `cal` is either one of the loan: the owner's, or the stand-in's. `other` is whoever holds the other one.
export function Recall({cal, other, close, done}: Props & {other: string}) {
    const [owner, standIn] = cal.lent ? [holderName(cal), other] : [other, holderName(cal)];
    return (
        <Dialog
            title={t('holders.recall_title', {holder: owner})}
            does={t('holders.recall')}
            close={close}
            act={async () => {
                const now = await post<Cal>(`/v1/cals/${cal.cal}/recall`, {});
                await done(now, t('holders.now.recalled', {holder: owner}));
            }}
        >
            <p>{t('holders.recall_body', {owner, to: standIn})}</p>
        </Dialog>
    );
}
