// For how long names are kept of those who hold nothing, and whose would be forgotten with another period.
import {Button, Card, CardBody, CardHeader, CardTitle, FormGroup, NumberInput, Radio} from '@patternfly/react-core';
import {useRef, useState} from 'react';
import {change, get, type Retention as Kept} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {t, tn, word} from '../texts';
import {Dialog, useFocusWhenDone} from './dialog';
import {Loading, ProblemNotice} from './states';

const daysMax = 3650;
const usualDays = 365;
const namesMax = 10;

function period(days: number): string {
    return days === 0 ? t('retention.for_ever') : tn('retention.days', days);
}

// First the period, then what it means today.
function ChangePeriod({days: before, close, done}: {days: number; close: () => void; done: () => void}) {
    const [ends, setEnds] = useState(before > 0);
    const [days, setDays] = useState(before > 0 ? before : usualDays);
    const [found, setFound] = useState<Kept>();
    const size = (wanted: number) => setDays(Math.max(1, Math.min(daysMax, Math.round(wanted) || 1)));
    const keep = async (wanted: number) => {
        await change('/v1/retention', {days: wanted});
        done();
    };
    if (found) {
        return (
            <Dialog key="due" danger={found.due > 0} title={t('retention.title')} lead={tn('retention.days', days)} does={t('retention.keep')} act={() => keep(days)} close={close}>
                <p>{found.due === 0 ? t('retention.nobody_due') : tn('retention.due', found.due)}</p>
                <ul className="calm-bullets">
                    {found.first.slice(0, namesMax).map((each) => (
                        <li key={each.subject}>
                            {each.name} <span className="calm-quiet">{word('holder_kind', each.kind)}</span>
                        </li>
                    ))}
                    {found.due > namesMax && <li>…</li>}
                </ul>
            </Dialog>
        );
    }
    const next = async () => {
        if (ends) setFound(await get<Kept>(`/v1/retention?days=${days}`));
        else await keep(0);
    };
    return (
        <Dialog key="days" title={t('retention.title')} lead={t('retention.lead')} does={ends ? t('people.go_on') : t('retention.keep')} act={next} close={() => !ends && close()} cancel={close}>
            <div role="radiogroup" aria-label={t('retention.title')} className="calm-radios">
                <Radio id="retention-ever" name="retention" label={t('retention.for_ever')} isChecked={!ends} onChange={() => setEnds(false)} />
                <Radio id="retention-days" name="retention" label={t('retention.some_days')} isChecked={ends} onChange={() => setEnds(true)} />
            </div>
            {ends && (
                <FormGroup label={t('retention.how_many')} fieldId="retention-count" className="calm-gap">
                    <NumberInput
                        id="retention-count"
                        value={days}
                        min={1}
                        max={daysMax}
                        unit={t('time.days_unit')}
                        inputAriaLabel={t('retention.how_many')}
                        minusBtnAriaLabel={t('add.fewer')}
                        plusBtnAriaLabel={t('add.more')}
                        onMinus={() => size(days - 1)}
                        onPlus={() => size(days + 1)}
                        onChange={(event) => size(Number((event.target as HTMLInputElement).value))}
                    />
                </FormGroup>
            )}
        </Dialog>
    );
}

export function Retention() {
    const {may} = usePerson();
    const {data, problem, reload} = useData<Kept>('/v1/retention', 0);
    const [asked, setAsked] = useState(false);
    const said = useRef<HTMLParagraphElement>(null);
    const focusSaid = useFocusWhenDone(asked, said);
    return (
        <Card className="calm-over">
            <CardHeader>
                <CardTitle component="h2">{t('retention.title')}</CardTitle>
            </CardHeader>
            <CardBody>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && (
                    <>
                        <p ref={said} tabIndex={-1}>
                            {period(data.days)} {data.days > 0 && (data.due === 0 ? t('retention.nobody_due') : tn('retention.due', data.due))}
                        </p>
                        {may('own') && (
                            <Button variant="secondary" className="calm-gap" onClick={() => setAsked(true)}>
                                {t('retention.change')}
                            </Button>
                        )}
                    </>
                )}
            </CardBody>
            {asked && data && (
                <ChangePeriod
                    days={data.days}
                    close={() => setAsked(false)}
                    done={() => {
                        focusSaid();
                        void reload();
                    }}
                />
            )}
        </Card>
    );
}
