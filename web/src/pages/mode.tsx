// Licensing mode and servers: the two settings that every host needs, as a form for one host or for several at once. The
// mode is set here; the license servers are each host's own, so that the form says what to do there.
import {Alert, Button, Card, CardBody, CardHeader, CardTitle, Checkbox, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, PageSection, Radio, SearchInput, TextInput} from '@patternfly/react-core';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {type FormEvent, useRef, useState} from 'react';
import {asProblem, change, type Host, type Hosts, type Problem} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {badServer, chosenIn, policyCommand, withChosen} from '../licensing_mode';
import {Copy} from '../parts/facts';
import {ModeInForce, Servers} from '../parts/host_details';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Link, useQuery} from '../router';
import {t, tn, word} from '../texts';

const modes = ['per_user', 'per_device', 'either', 'not_configured'] as const;
const kinds = ['per_user', 'per_device'] as const;
const shownMax = 100;

interface ChoiceProps {
    hosts: Host[];
    chosen: Set<number>;
    choose: (hosts: number[], on: boolean) => void;
}

// Which hosts the mode is set for; those who may not change anything just read.
function Choice({hosts, chosen, choose}: ChoiceProps) {
    const {may} = usePerson();
    const all = hosts.every(({host}) => chosen.has(host));
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

interface Outcome {
    saved: number;
    failed: {host: Host; problem: Problem}[];
}

function ModeForm({hosts, done}: {hosts: Host[]; done: () => Promise<unknown>}) {
    const [mode, setMode] = useState<(typeof modes)[number]>('per_user');
    const [preferred, setPreferred] = useState<(typeof kinds)[number]>('per_user');
    const [busy, setBusy] = useState(false);
    const [outcome, setOutcome] = useState<Outcome>();
    const notice = useRef<HTMLDivElement>(null);
    const policied = hosts.filter(({contact}) => contact?.mode_from === 'policy');
    const save = async (event: FormEvent) => {
        event.preventDefault();
        if (hosts.length === 0 || busy) return;
        setBusy(true);
        const result: Outcome = {saved: 0, failed: []};
        for (const host of hosts) {
            try {
                await change(`/v1/hosts/${host.host}`, mode === 'either' ? {mode, preferred} : {mode});
                ++result.saved;
            } catch (error) {
                result.failed.push({host, problem: asProblem(error)});
            }
        }
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
                <Alert component="p" variant="warning" isInline title={tn('mode.policied', policied.length, {hosts: policied.map(({name}) => name).join(', ')})}>
                    <p>{t('mode.policied_body')}</p>
                </Alert>
            )}
            <div ref={notice} tabIndex={-1} className="calm-notice" role="status">
                {outcome && outcome.saved > 0 && <Alert component="p" variant="success" isInline title={tn('mode.saved', outcome.saved)} />}
                {outcome?.failed.map(({host, problem}) => <ProblemNotice key={host.host} problem={problem} title={t('mode.failed', {host: host.name})} />)}
            </div>
            <div className="calm-buttons">
                <Button type="submit" isDisabled={hosts.length === 0 || busy} isLoading={busy}>
                    {hosts.length === 0 ? t('mode.choose_first') : tn('mode.save', hosts.length)}
                </Button>
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

export function ModePage() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const search = query.get('search') ?? '';
    const {data, problem, reload} = useData<Hosts>(`/v1/hosts?limit=${shownMax}${search ? `&search=${encodeURIComponent(search)}` : ''}`);
    const chosen = chosenIn(query.get('hosts'));
    const hosts = data?.hosts ?? [];
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
                        {hosts.length > 0 && <Choice hosts={hosts} chosen={chosen} choose={(some, on) => setQuery({hosts: withChosen(chosen, some, on)}, true)} />}
                        {data.total > shownMax && <p className="calm-quiet calm-count">{t('hosts.more', {shown: shownMax, total: data.total})}</p>}
                        {may('operate') && hosts.length > 0 && (
                            <Card className="calm-form-card calm-gap">
                                <CardHeader>
                                    <CardTitle component="h2">{t('task.set_mode')}</CardTitle>
                                </CardHeader>
                                <CardBody>
                                    <ModeForm hosts={hosts.filter(({host}) => chosen.has(host))} done={reload} />
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
