// A CAL serves a stand-in until a day, and is taken back before it.
import {FormGroup, FormHelperText, HelperText, HelperTextItem, Radio, TextInput} from '@patternfly/react-core';
import {useState} from 'react';
import {type Cal, post} from '../api';
import {endOfDay, holderName, lastDay} from '../holding';
import {t, word} from '../texts';
import {calendarDay} from '../time';
import {Dialog} from './dialog';

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

export function Lend({cal, close, done}: Props) {
    const [to, setTo] = useState('');
    const [day, setDay] = useState('');
    const [why, setWhy] = useState<Why>(cal.holder.kind === 'device' ? 'repair' : 'absence');
    const [first, last] = [daysFromNow(0), daysFromNow(loanDaysMax)];
    const lend = async () => {
        const until = endOfDay(day);
        const now = await post<Cal>(`/v1/cals/${cal.cal}/lend`, {to: to.trim(), until, why});
        await done(now, t('holders.now.lent', {holder: holderName(now), to: to.trim(), until: lastDay(until)}));
    };
    return (
        <Dialog
            title={t('holders.lend_title', {holder: holderName(cal)})}
            lead={t('holders.lend_lead', {product: cal.product, holder: holderName(cal)})}
            does={t('holders.lend')}
            ready={to.trim() !== '' && day >= first && day <= last}
            close={close}
            act={lend}
        >
            <FormGroup label={t('holders.lend_to')} isRequired fieldId="lend-to">
                <TextInput id="lend-to" isRequired autoFocus spellCheck="false" autoComplete="off" aria-describedby="lend-to-help" value={to} onChange={(_, value) => setTo(value)} />
                <FormHelperText>
                    <HelperText id="lend-to-help">
                        <HelperTextItem>{word('lend_to_help', cal.holder.kind)}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
            <FormGroup label={t('holders.lend_until')} isRequired fieldId="lend-until" className="calm-gap">
                <TextInput id="lend-until" isRequired type="date" className="calm-date" min={first} max={last} value={day} onChange={(_, value) => setDay(value)} />
            </FormGroup>
            <FormGroup role="radiogroup" label={t('holders.lend_why')} fieldId="lend-why" className="calm-gap">
                <div className="calm-radios">
                    {reasons.map((each) => (
                        <Radio key={each} id={`lend-${each}`} name="lend-why" label={word('loan_why', each)} isChecked={why === each} onChange={() => setWhy(each)} />
                    ))}
                </div>
            </FormGroup>
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
