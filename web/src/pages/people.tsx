// People: everything that is kept about one user or device, as a file; and forgetting its name.
import {Alert, Button, Card, CardBody, CardHeader, CardTitle, Checkbox, FormGroup, PageSection, Radio, SearchInput, TextInput} from '@patternfly/react-core';
import UserShieldIcon from '@patternfly/react-icons/dist/esm/icons/user-shield-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useCallback, useEffect, useRef, useState} from 'react';
import {type Cal, post, Problem} from '../api';
import {usePerson} from '../console';
import {Dialog, useFocusWhenDone} from '../parts/dialog';
import {CalState, Facts} from '../parts/facts';
import {FilterSelect} from '../parts/filter_select';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice} from '../parts/states';
import {Retention} from '../parts/retention';
import {Link, useQuery} from '../router';
import {number, t, tn, word} from '../texts';
import {date} from '../time';

const kinds = ['user', 'device'] as const;
type Kind = (typeof kinds)[number];
const isKind = (text: string | null): text is Kind => text === 'user' || text === 'device';

// What the license server keeps about a subject.
interface Kept {
    subject: number; // 0: none of the log's, it was only ever refused
    kind: Kind;
    name: string;
    cals: Cal[];
    installations: unknown[];
    refusals: {attempts: number}[];
    signals: string[];
    usage?: {day: string; product: number; host: number; count: number}[]; // undefined: not there yet
}

const standing = (cal: Cal) => cal.state === 'active' || cal.state === 'temporary';

function useKept(kind: Kind, name: string) {
    const [state, setState] = useState<{of?: string; kept?: Kept; problem?: Problem}>({});
    const wanted = `${kind} ${name}`;
    const latest = useRef(wanted);
    latest.current = wanted;
    const read = useCallback(async () => {
        if (name === '') return;
        const set = (found: {kept?: Kept; problem?: Problem}) => latest.current === wanted && setState({of: wanted, ...found});
        try {
            // The days of use stand in the whole of the log's usage: they come when all the rest is there already.
            set({kept: await post<Kept>('/v1/subjects/export', {kind, name, usage: false})});
            set({kept: await post<Kept>('/v1/subjects/export', {kind, name})});
        } catch (error) {
            set({problem: error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0)});
        }
    }, [kind, name, wanted]);
    useEffect(() => void read(), [read]);
    const current = state.of === wanted ? state : {};
    return {kept: current.kept, problem: current.problem, read, forget: () => setState({})};
}

function download(kept: Kept): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(kept, null, 2)}\n`], {type: 'application/json'}));
    link.download = `${kept.kind}-${kept.subject}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Cals({cals}: {cals: Cal[]}) {
    return (
        <Table aria-label={t('people.cals')} variant="compact" gridBreakPoint="grid-md">
            <Thead>
                <Tr>
                    <Th>{t('fact.product')}</Th>
                    <Th>{t('fact.state')}</Th>
                    <Th>{t('fact.since')}</Th>
                    <Th>{t('fact.until')}</Th>
                </Tr>
            </Thead>
            <Tbody>
                {cals.map((cal) => (
                    <Tr key={cal.cal}>
                        <Td dataLabel={t('fact.product')} modifier="breakWord">
                            <Link to={`/console/holders?cal=${cal.cal}`}>{cal.product}</Link>
                        </Td>
                        <Td dataLabel={t('fact.state')}>
                            <CalState state={cal.state} />
                        </Td>
                        <Td dataLabel={t('fact.since')}>{date(cal.issued_at)}</Td>
                        <Td dataLabel={t('fact.until')}>{date(cal.expires_at)}</Td>
                    </Tr>
                ))}
            </Tbody>
        </Table>
    );
}

function Known({kept, erase}: {kept: Kept; erase: () => void}) {
    const {may} = usePerson();
    const days = kept.usage?.map(({day}) => day).sort() ?? [];
    const [first, last] = [days[0], days[days.length - 1]];
    return (
        <Card>
            <CardHeader>
                <div className="calm-head-row">
                    <CardTitle component="h2" className="calm-head-words calm-breaks">
                        {kept.name}
                    </CardTitle>
                    <div className="calm-head-actions">
                        <Button variant="secondary" isDisabled={!kept.usage} onClick={() => download(kept)}>
                            {t('people.export')}
                        </Button>
                        {may('own') && (
                            <Button variant="secondary" isDanger onClick={erase}>
                                {t('people.erase')}
                            </Button>
                        )}
                    </div>
                </div>
            </CardHeader>
            <CardBody>
                <Facts
                    wide
                    facts={[
                        [t('fact.kind'), word('holder_kind', kept.kind)],
                        [t('people.number'), kept.subject > 0 ? String(kept.subject) : t('people.no_number')],
                        [t('people.cals'), tn('people.standing', kept.cals.filter(standing).length, {all: number(kept.cals.length)})],
                        [t('people.usage'), !kept.usage ? t('state.loading') : first && last ? tn('people.days', new Set(days).size, {from: date(first), to: date(last)}) : t('people.no_usage')],
                        [t('people.hashes'), number(kept.signals.length)],
                        [t('people.refused'), number(kept.refusals.reduce((sum, each) => sum + each.attempts, 0))],
                        kept.installations.length > 0 && [t('people.installations'), number(kept.installations.length)],
                    ]}
                />
                {kept.cals.length > 0 && (
                    <div className="calm-gap">
                        <Cals cals={kept.cals} />
                    </div>
                )}
            </CardBody>
        </Card>
    );
}

const reasons = ['requested', 'left', 'period_over', 'mistaken'] as const;

// Twice: first what it means and why, then the name itself, letter by letter.
function Erase({kept, close, done}: {kept: Kept; close: () => void; done: () => void}) {
    const [step, setStep] = useState<'means' | 'name'>('means');
    const [understood, setUnderstood] = useState(false);
    const [why, setWhy] = useState<(typeof reasons)[number]>();
    const [typed, setTyped] = useState('');
    if (step === 'means') {
        return (
            <Dialog key="means" danger title={t('people.erase_title', {name: kept.name})} does={t('people.go_on')} ready={understood && why !== undefined} act={async () => setStep('name')} close={() => undefined} cancel={close}>
                <p className="calm-label">{t('people.goes')}</p>
                <ul className="calm-bullets">
                    <li>{tn('people.goes_cals', kept.cals.filter(standing).length)}</li>
                    <li>{t('people.goes_name')}</li>
                </ul>
                <p className="calm-label calm-gap">{t('people.stays')}</p>
                <ul className="calm-bullets">
                    {kept.subject > 0 && <li>{t('people.stays_log', {subject: String(kept.subject)})}</li>}
                    {kept.subject > 0 && <li>{t('people.stays_usage')}</li>}
                    <li>{t('people.stays_elsewhere')}</li>
                </ul>
                <div role="radiogroup" aria-label={t('people.why')} className="calm-radios calm-gap">
                    <div className="calm-label">{t('people.why')}</div>
                    {reasons.map((each) => (
                        <Radio key={each} id={`erase-${each}`} name="why" label={word('erase_why', each)} isChecked={why === each} onChange={() => setWhy(each)} />
                    ))}
                </div>
                <Checkbox id="erase-understood" className="calm-gap" label={t('people.understood')} isChecked={understood} onChange={(_, checked) => setUnderstood(checked)} />
            </Dialog>
        );
    }
    return (
        <Dialog
            key="name"
            danger
            title={t('people.erase_title', {name: kept.name})}
            does={t('people.erase')}
            ready={typed === kept.name}
            act={async () => {
                await post('/v1/subjects/erase', {kind: kept.kind, name: kept.name, why});
                done();
            }}
            close={close}
        >
            <FormGroup label={t('people.type_name', {name: kept.name})} isRequired fieldId="erase-name">
                <TextInput id="erase-name" isRequired autoFocus autoComplete="off" spellCheck="false" value={typed} onChange={(_, value) => setTyped(value)} />
            </FormGroup>
        </Dialog>
    );
}

export function People() {
    const [query, setQuery] = useQuery();
    const asked = query.get('kind');
    const kind: Kind = isKind(asked) ? asked : 'user';
    const name = query.get('name') ?? '';
    const [typed, setTyped] = useState(name);
    useEffect(() => setTyped(name), [name]);
    const {kept, problem, read, forget} = useKept(kind, name);
    const {may} = usePerson();
    const [erasing, setErasing] = useState(query.get('ask') === 'erase');
    const [told, setTold] = useState('');
    const notice = useRef<HTMLDivElement>(null);
    const focusNotice = useFocusWhenDone(erasing, notice);
    const look = (changes: Record<string, string | undefined>) => {
        setTold('');
        setQuery(changes);
    };
    const unknown = problem?.code === 'subject_unknown';
    return (
        <>
            <PageHead title={t('people.title')} lead={t('people.lead')} learn="operating/personal-data" />
            <PageSection>
                <div className="calm-filters" role="search">
                    <FilterSelect label={t('fact.kind')} value={kind} options={kinds.map((each) => [each, word('holder_kind', each)])} choose={(value) => look({kind: value === 'user' ? undefined : value})} />
                    <SearchInput
                        className="calm-search"
                        aria-label={t('people.search')}
                        placeholder={t('people.name')}
                        value={typed}
                        resetButtonLabel={t('action.clear')}
                        submitSearchButtonLabel={t('action.search')}
                        onChange={(_, value) => setTyped(value)}
                        onSearch={(_, value) => look({name: value.trim()})}
                        onClear={() => look({name: undefined})}
                    />
                </div>
                <div ref={notice} tabIndex={-1} aria-live="polite" className="calm-notice">
                    {told && <Alert component="p" variant="success" isInline title={told} />}
                </div>
                {name !== '' && !kept && !problem && !told && <Loading />}
                {problem && !unknown && <ProblemNotice problem={problem} retry={read} />}
                {unknown && <Nothing icon={UserShieldIcon} title={t('people.none_found')} body={t('people.none_found_body')} />}
                {name === '' && !told && <Nothing icon={UserShieldIcon} title={t('people.none')} body={t('people.none_body')} />}
                {kept && name !== '' && <Known kept={kept} erase={() => setErasing(true)} />}
                <Retention />
            </PageSection>
            {erasing && kept && may('own') && (
                <Erase
                    kept={kept}
                    close={() => setErasing(false)}
                    done={() => {
                        focusNotice();
                        setTold(kept.subject > 0 ? t('people.erased', {subject: String(kept.subject)}) : t('people.erased_stranger'));
                        forget();
                        setTyped('');
                        setQuery({name: undefined}, true);
                    }}
                />
            )}
        </>
    );
}
