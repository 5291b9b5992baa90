// Licensing mode and servers: the two settings that every host needs, as a form for one host or for several at once. The
// mode is set here; the license servers are each host's own, so that the form says what to do there.
import {Alert, Button, Card, CardBody, CardHeader, CardTitle, Checkbox, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, PageSection, Radio, SearchInput, TextInput} from '@patternfly/react-core';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {type FormEvent, useEffect, useRef, useState} from 'react';
import {asProblem, change, get, type Host, type Hosts, type Problem} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {allHosts, eachOf, hostsPath} from '../hosts';
import {badServer, chosenIn, chosenText, policyCommand, withChosen} from '../licensing_mode';
import {Copy} from '../parts/facts';
import {ModeInForce, Servers} from '../parts/host_details';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Link, useQuery} from '../router';
import {t, tn, word} from '../texts';

const modes = ['per_user', 'per_device', 'either', 'not_configured'] as const;
const kinds = ['per_user', 'per_device'] as const;
const shownMax = 100;
const namedMax = 10;
const atOnce = 4;

interface ChoiceProps {
    hosts: Host[];
    chosen: Set<number>;
    choose: (hosts: number[], on: boolean) => void;
}

// Which hosts the mode is set for; those who may not change anything just read.
function Choice({hosts, chosen, choose}: ChoiceProps) {
    const {may} = usePerson();
    const all = hosts.length > 0 && hosts.every(({host}) => chosen.has(host));
    return (
        <Table aria-label={t('mode.hosts')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    {may('operate') && (
                        <Th>
                            <Checkbox id="choose-all" aria-label={t('mode.choose_all')} isChecked={all} onChange={(_, on) => choose(hosts.map(({host}) => host), on)} />
                        </Th>
                    )}
                    <Th>{t('fact.host')}</Th>
                    <Th>{t('fact.mode')}</Th>
                    <Th>{t('hosts.servers')}</Th>
                </Tr>
            </Thead>
            <Tbody>
                {hosts.map((host) => (
                    <Tr key={host.host}>
                        {may('operate') && (
                            <Td>
                                <Checkbox id={`choose-${host.host}`} aria-label={t('mode.choose', {host: host.name})} isChecked={chosen.has(host.host)} onChange={(_, on) => choose([host.host], on)} />
                            </Td>
                        )}
                        <Td dataLabel={t('fact.host')} modifier="breakWord">
                            <Link to={`/console/hosts?host=${host.host}`}>{host.name}</Link>
                        </Td>
                        <Td dataLabel={t('fact.mode')}>
                            <ModeInForce host={host} />
                        </Td>
                        <Td dataLabel={t('hosts.servers')}>
                            <Servers host={host} />
                        </Td>
                    </Tr>
                ))}
            </Tbody>
        </Table>
    );
}

const named = (hosts: Host[]) => hosts.slice(0, namedMax).map(({name}) => name).join(', ') + (hosts.length > namedMax ? ', …' : '');

interface Outcome {
    saved: number;
    failed: {host: Host; problem: Problem}[];
}

function ModeForm({hosts, done}: {hosts: Host[]; done: () => Promise<unknown>}) {
    const [mode, setMode] = useState<(typeof modes)[number]>('per_user');
    const [preferred, setPreferred] = useState<(typeof kinds)[number]>('per_user');
    const [busy, setBusy] = useState(false);
    const [set, setSet] = useState({done: 0, total: 0});
    const [outcome, setOutcome] = useState<Outcome>();
    const notice = useRef<HTMLDivElement>(null);
    const policied = hosts.filter(({contact}) => contact?.mode_from === 'policy');
    const save = async (event: FormEvent) => {
        event.preventDefault();
        if (hosts.length === 0 || busy) return;
        setBusy(true);
        setOutcome(undefined);
        const result: Outcome = {saved: 0, failed: []};
        const setOne = async (host: Host) => {
            try {
                await change(`/v1/hosts/${host.host}`, mode === 'either' ? {mode, preferred} : {mode});
                ++result.saved;
            } catch (error) {
                result.failed.push({host, problem: asProblem(error)});
            }
        };
        setSet({done: 0, total: hosts.length});
        await eachOf(hosts, atOnce, setOne, (done) => setSet({done, total: hosts.length}));
        setOutcome(result);
        setBusy(false);
        await done();
        notice.current?.focus();
    };
    return (
        <Form onSubmit={(event) => void save(event)}>
            <div role="radiogroup" aria-label={t('fact.mode')} className="calm-radios">
                {modes.map((each) => (
                    <Radio key={each} id={`mode-${each}`} name="mode" label={word('mode', each)} description={word('mode_help', each)} isChecked={mode === each} onChange={() => setMode(each)} />
                ))}
            </div>
            {mode === 'either' && (
                <FormGroup role="radiogroup" label={t('mode.preferred')} fieldId="preferred">
                    <div className="calm-radios">
                        {kinds.map((each) => (
                            <Radio key={each} id={`preferred-${each}`} name="preferred" label={word('kind', each)} isChecked={preferred === each} onChange={() => setPreferred(each)} />
                        ))}
                    </div>
                </FormGroup>
            )}
            {policied.length > 0 && (
                <Alert component="p" variant="warning" isInline title={tn('mode.policied', policied.length, {hosts: named(policied)})}>
                    <p>{t('mode.policied_body')}</p>
                </Alert>
            )}
            <div ref={notice} tabIndex={-1} className="calm-notice" role="status">
                {outcome && outcome.saved > 0 && <Alert component="p" variant="success" isInline title={tn('mode.saved', outcome.saved)} />}
                {outcome?.failed.slice(0, namedMax).map(({host, problem}) => <ProblemNotice key={host.host} problem={problem} title={t('mode.failed', {host: host.name})} />)}
                {outcome && outcome.failed.length > namedMax && <p>{tn('mode.failed_more', outcome.failed.length - namedMax)}</p>}
            </div>
            <div className="calm-buttons">
                <Button type="submit" isDisabled={hosts.length === 0 || busy} isLoading={busy}>
                    {hosts.length === 0 ? t('mode.choose_first') : tn('mode.save', hosts.length)}
                </Button>
                {busy && <span className="calm-quiet">{t('mode.setting', set)}</span>}
            </div>
        </Form>
    );
}

// Only the host itself can say whom it asks: otherwise whoever takes over one server could lead hosts to another.
function ServersForm() {
    const [typed, setTyped] = useState(location.host);
    const wrong = badServer(typed);
    const command = wrong === undefined && typed.trim() !== '' ? policyCommand(typed) : undefined;
    return (
        <>
            <p>{t('mode.servers_body')}</p>
            <Form className="calm-gap" onSubmit={(event) => event.preventDefault()}>
                <FormGroup label={t('mode.servers_list')} fieldId="license-servers">
                    <TextInput id="license-servers" spellCheck="false" autoComplete="off" aria-describedby="license-servers-help" validated={wrong === undefined ? 'default' : 'error'} value={typed} onChange={(_, value) => setTyped(value)} />
                    <FormHelperText>
                        <HelperText id="license-servers-help" aria-live="polite">
                            <HelperTextItem variant={wrong === undefined ? 'default' : 'error'}>{wrong === undefined ? t('mode.servers_help') : t('mode.servers_bad', {name: wrong})}</HelperTextItem>
                        </HelperText>
                    </FormHelperText>
                </FormGroup>
            </Form>
            {command !== undefined && (
                <div className="calm-gap">
                    <p className="calm-label">{t('mode.servers_command')}</p>
                    <Copy text={command} label={t('mode.servers_command')} />
                </div>
            )}
        </>
    );
}

// Which hosts are chosen, whatever is searched for meanwhile: as long as they fit they stand in the address.
function useChosen(listed: Host[]) {
    const [query, setQuery] = useQuery();
    const asked = query.get('hosts');
    const [chosen, setChosen] = useState(() => chosenIn(asked));
    const [known, setKnown] = useState(() => new Map<number, Host>());
    const [problem, setProblem] = useState<Problem>();
    const note = (hosts: Host[]) => setKnown((before) => new Map([...before, ...hosts.map((each) => [each.host, each] as const)]));
    useEffect(() => {
        if (asked !== null) setChosen((now) => (chosenText(now) === asked ? now : chosenIn(asked)));
    }, [asked]);
    useEffect(() => note(listed), [listed]);
    // Those of the address that no list has shown.
    useEffect(() => {
        const unknown = [...chosenIn(asked)].filter((each) => !known.has(each));
        if (unknown.length === 0) return;
        void Promise.allSettled(unknown.map((each) => get<Host>(`/v1/hosts/${each}`))).then((found) => {
            note(found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
        });
    }, [asked]);
    const keep = (next: Set<number>) => {
        setChosen(next);
        setQuery({hosts: chosenText(next)}, true);
    };
    const chooseAll = async (search: string) => {
        try {
            const hosts = await allHosts(search);
            note(hosts);
            keep(withChosen(chosen, hosts.map(({host}) => host), true));
            setProblem(undefined);
        } catch (error) {
            setProblem(asProblem(error));
        }
    };
    return {
        chosen,
        hosts: [...chosen].flatMap((each) => known.get(each) ?? []),
        problem,
        choose: (some: number[], on: boolean) => keep(withChosen(chosen, some, on)),
        chooseAll,
        chooseNone: () => keep(new Set()),
    };
}

function ChosenSoFar({chosen, total, search}: {chosen: ReturnType<typeof useChosen>; total: number; search: string}) {
    const [busy, setBusy] = useState(false);
    const all = async () => {
        setBusy(true);
        await chosen.chooseAll(search);
        setBusy(false);
    };
    return (
        <>
            <div className="calm-buttons">
                <Button variant="secondary" isDisabled={busy} isLoading={busy} onClick={() => void all()}>
                    {tn('mode.choose_matching', total)}
                </Button>
                {chosen.chosen.size > 0 && (
                    <Button variant="link" onClick={chosen.chooseNone}>
                        {t('mode.choose_none')}
                    </Button>
                )}
                <span role="status">{tn('mode.chosen', chosen.chosen.size)}</span>
            </div>
            {chosen.problem && <ProblemNotice problem={chosen.problem} />}
        </>
    );
}

const noHosts: Host[] = [];

export function ModePage() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const search = query.get('search') ?? '';
    const {data, problem, reload} = useData<Hosts>(hostsPath(shownMax, search));
    const hosts = data?.hosts ?? noHosts;
    const chosen = useChosen(hosts);
    return (
        <>
            <PageHead title={t('mode.title')} lead={t('mode.lead')} learn="concepts/modes" />
            <PageSection>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && <Stale problem={problem} retry={reload} />}
                {data && (
                    <div className="calm-mode">
                        <div className="calm-filters" role="search">
                            <SearchInput className="calm-search" aria-label={t('hosts.search')} placeholder={t('hosts.search')} value={search} resetButtonLabel={t('action.clear')} onChange={(_, value) => setQuery({search: value || undefined}, true)} onClear={() => setQuery({search: undefined}, true)} />
                        </div>
                        {hosts.length === 0 && <Nothing icon={ServerIcon} title={search === '' ? t('hosts.none') : t('hosts.none_found')} />}
                        {hosts.length > 0 && <Choice hosts={hosts} chosen={chosen.chosen} choose={chosen.choose} />}
                        {data.total > shownMax && <p className="calm-quiet calm-count">{t('hosts.more', {shown: shownMax, total: data.total})}</p>}
                        {may('operate') && hosts.length > 0 && <ChosenSoFar chosen={chosen} total={data.total} search={search} />}
                        {may('operate') && (hosts.length > 0 || chosen.chosen.size > 0) && (
                            <Card className="calm-form-card calm-gap">
                                <CardHeader>
                                    <CardTitle component="h2">{t('task.set_mode')}</CardTitle>
                                </CardHeader>
                                <CardBody>
                                    <ModeForm hosts={chosen.hosts} done={reload} />
                                </CardBody>
                            </Card>
                        )}
                        <Card className="calm-form-card calm-gap">
                            <CardHeader>
                                <CardTitle component="h2">{t('mode.servers')}</CardTitle>
                            </CardHeader>
                            <CardBody>
                                <ServersForm />
                            </CardBody>
                        </Card>
                    </div>
                )}
            </PageSection>
        </>
    );
}
