// Hosts: the servers that people connect to. Their licensing mode, their days of grace, and how one joins.
import {Button, Content, FormGroup, FormSelect, FormSelectOption, Label, PageSection, Radio, SearchInput} from '@patternfly/react-core';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import {ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {lazy, Suspense, useState} from 'react';
import {change, type Host, type Hosts as HostPage, type Pack, post, remove, type Status} from '../api';
import {inGrace} from '../attention';
import {type HostFinding, hostFindings} from '../host_findings';
import {hostsPath} from '../hosts';
import {usePerson} from '../console';
import {useData} from '../data';
import {ConsoleMode} from '../parts/console_mode';
import {Dialog} from '../parts/dialog';
import {ExpandCell} from '../parts/expand_cell';
import {Copy, Facts} from '../parts/facts';
import {FilterSelect} from '../parts/filter_select';
import {FindingsLabel, HostDetails, ModeInForce} from '../parts/host_details';
import {QuantityField} from '../parts/quantity_field';
import {RowActions} from '../parts/row_actions';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {go, useQuery} from '../router';
import {t, tn, word} from '../texts';
import {date, dateTime, daysLeft, daysUntil} from '../time';

const Qr = lazy(() => import('../parts/qr'));

const modes = ['per_user', 'per_device', 'either', 'not_configured'] as const;
type Mode = (typeof modes)[number];
const shownMax = 100;
const states = ['in_grace', 'grace_over', 'without_mode', 'silent'] as const;

interface Token {
    token: string;
    hosts_max: number;
    expires_at: string;
}

function Enrol({close, status}: {close: () => void; status: Status | undefined}) {
    const [hosts, setHosts] = useState(1);
    const [length, setLength] = useState('1d');
    const [token, setToken] = useState<Token>();
    if (token) {
        const server = `https://${location.host}`;
        const pin = status?.fingerprint ? ` --fingerprint ${status.fingerprint}` : '';
        const command = `sudo calm-hostd enrol --server ${server}${pin} --token ${token.token}`;
        return (
            <Dialog title={t('hosts.token_title')} lead={tn('hosts.token_lead', token.hosts_max, {until: dateTime(token.expires_at)})} does={t('action.done')} told close={close} act={async () => undefined}>
                <Facts
                    facts={[
                        [t('hosts.token_command'), <Copy key="c" text={command} label={t('hosts.token_command')} />],
                        [t('hosts.token'), <Copy key="t" text={token.token} label={t('hosts.token')} />],
                    ]}
                />
                <div className="calm-qr-row calm-gap">
                    <Suspense fallback={<div className="calm-qr" />}>
                        <Qr text={token.token} label={t('hosts.token_qr')} />
                    </Suspense>
                    <p className="calm-quiet calm-qr-words">{t('hosts.token_qr_help')}</p>
                </div>
                <Content component="p" className="calm-gap">
                    {t('hosts.token_once')}
                </Content>
            </Dialog>
        );
    }
    return (
        <Dialog
            title={t('hosts.enrol')}
            lead={t('hosts.enrol_lead')}
            does={t('hosts.make_token')}
            close={() => undefined}
            act={async () => setToken(await post<Token>('/v1/hosts/tokens', {hosts_max: hosts, valid_for: length}))}
            cancel={close}
        >
            <QuantityField id="hosts-max" label={t('hosts.how_many')} max={100_000} value={hosts} set={setHosts} isRequired={false} />
            <FormGroup label={t('hosts.valid_for')} fieldId="valid-for" className="calm-gap">
                <FormSelect id="valid-for" value={length} onChange={(_, value) => setLength(value)}>
                    {(['1h', '1d', '7d', '30d'] as const).map((each) => (
                        <FormSelectOption key={each} value={each} label={word('length', each)} />
                    ))}
                </FormSelect>
            </FormGroup>
        </Dialog>
    );
}

function SetMode({host, close, done}: {host: Host; close: () => void; done: () => unknown}) {
    const [mode, setMode] = useState<Mode>((host.mode as Mode) ?? 'per_user');
    return (
        <Dialog
            title={t('hosts.mode_title', {host: host.name})}
            does={t('action.save')}
            close={close}
            act={async () => {
                await change(`/v1/hosts/${host.host}`, {mode});
                await done();
            }}
        >
            <div role="radiogroup" aria-label={t('fact.mode')} className="calm-radios">
                {modes.map((each) => (
                    <Radio key={each} id={`mode-${each}`} name="mode" label={word('mode', each)} description={word('mode_help', each)} isChecked={mode === each} onChange={() => setMode(each)} />
                ))}
            </div>
        </Dialog>
    );
}

function Remove({host, close, done}: {host: Host; close: () => void; done: () => unknown}) {
    return (
        <Dialog
            danger
            title={t('hosts.remove_title', {host: host.name})}
            does={t('action.remove')}
            close={close}
            act={async () => {
                await remove(`/v1/hosts/${host.host}`);
                await done();
            }}
        >
            <p>{t('hosts.remove_body')}</p>
        </Dialog>
    );
}

function Grace({host, now}: {host: Host; now: string}) {
    if (!inGrace(host, now)) return <>{t('hosts.no_grace')}</>;
    const days = daysUntil(host.grace_until, now);
    return (
        <span title={date(host.grace_until)}>
            <Label isCompact color={days <= 30 ? 'orange' : 'blue'}>
                {daysLeft(days)}
            </Label>
        </span>
    );
}

type What = 'mode' | 'console' | 'remove';

interface TableProps {
    hosts: Host[];
    now: string;
    found: (host: Host) => HostFinding[];
    open: string | undefined;
    toggle: (host: Host) => void;
    ask: (what: What, host: Host) => void;
}

function HostTable({hosts, now, found, open, toggle, ask}: TableProps) {
    const {may} = usePerson();
    return (
        <Table aria-label={t('hosts.title')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th screenReaderText={t('hosts.details_column')} />
                    <Th width={25}>{t('fact.host')}</Th>
                    <Th>{t('fact.mode')}</Th>
                    <Th>{t('fact.grace')}</Th>
                    <Th>{t('hosts.version')}</Th>
                    <Th>{t('hosts.contact')}</Th>
                    <Th>{t('hosts.finding')}</Th>
                    {may('operate') && <Th screenReaderText={t('fact.actions')} />}
                </Tr>
            </Thead>
            {hosts.map((host) => {
                const shown = open === String(host.host);
                return (
                    <Tbody key={host.host} isExpanded={shown}>
                        <Tr>
                            <ExpandCell open={shown} label={`host-${host.host}`} toggle={() => toggle(host)} />
                            <Td dataLabel={t('fact.host')} modifier="breakWord" id={`host-${host.host}`}>
                                {host.name}
                            </Td>
                            <Td dataLabel={t('fact.mode')}>
                                <ModeInForce host={host} />
                            </Td>
                            <Td dataLabel={t('fact.grace')}>
                                <Grace host={host} now={now} />
                            </Td>
                            <Td dataLabel={t('hosts.version')}>{host.contact?.version ?? '–'}</Td>
                            <Td dataLabel={t('hosts.contact')}>{host.contact ? dateTime(host.contact.at) : '–'}</Td>
                            <Td dataLabel={t('hosts.finding')}>
                                <FindingsLabel found={found(host)} />
                            </Td>
                            {may('operate') && (
                                <Td isActionCell>
                                    <RowActions
                                        label={t('hosts.actions', {host: host.name})}
                                        actions={[
                                            {title: t('task.set_mode'), act: () => ask('mode', host)},
                                            {title: host.console_mode ? t('stations.to_station_mode') : t('stations.to_console_mode'), act: () => ask('console', host)},
                                            {title: t('action.remove'), last: true, act: () => ask('remove', host)},
                                        ]}
                                    />
                                </Td>
                            )}
                        </Tr>
                        {shown && (
                            <Tr isExpanded>
                                <Td colSpan={may('operate') ? 8 : 7}>
                                    <ExpandableRowContent>
                                        <HostDetails host={host} found={found(host)} />
                                    </ExpandableRowContent>
                                </Td>
                            </Tr>
                        )}
                    </Tbody>
                );
            })}
        </Table>
    );
}

export function Hosts() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const status = useData<Status>('/v1/status', 15_000);
    const packs = useData<{packs: Pack[]}>('/v1/packs', 15_000);
    const [asked, setAsked] = useState<{what: What; host: Host}>();
    const search = query.get('search') ?? '';
    const state = states.find((each) => each === query.get('state'));
    const {data, problem, reload} = useData<HostPage>(hostsPath(shownMax, search, state));
    const filtered = search !== '' || state !== undefined;
    const now = status.data?.ledger_time ?? new Date().toISOString();
    const none = data !== undefined && data.total === 0;
    const close = () => setAsked(undefined);
    const open = query.get('host') ?? undefined;
    const enrol = may('operate') && <Button onClick={() => setQuery({enrol: '1'})}>{t('hosts.enrol')}</Button>;
    const found = (host: Host) => (status.data && packs.data ? hostFindings(host, packs.data.packs, status.data) : []);
    return (
        <>
            <PageHead title={t('hosts.title')} lead={t('hosts.lead')} learn="concepts/modes" actions={<>{enrol} <Button variant="secondary" onClick={() => go('/console/mode')}>{t('mode.title')}</Button></>} />
            <PageSection>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && <Stale problem={problem} retry={reload} />}
                {none && !filtered && <Nothing icon={ServerIcon} title={t('hosts.none')} body={t('hosts.none_body')} actions={enrol} />}
                {(filtered || (data && !none)) && (
                    <div className="calm-filters" role="search">
                        <SearchInput className="calm-search" aria-label={t('hosts.search')} placeholder={t('hosts.search')} value={search} resetButtonLabel={t('action.clear')} onChange={(_, value) => setQuery({search: value || undefined}, true)} onClear={() => setQuery({search: undefined}, true)} />
                        <FilterSelect label={t('hosts.which')} all={t('hosts.all_states')} value={state} options={states.map((each) => [each, word('host_state', each)])} choose={(value) => setQuery({state: value}, true)} />
                    </div>
                )}
                {data && !none && status.data && packs.data && <HostTable hosts={data.hosts} now={now} found={found} open={open} toggle={(host) => setQuery({host: open === String(host.host) ? undefined : String(host.host)}, true)} ask={(what, host) => setAsked({what, host})} />}
                {none && filtered && <Nothing icon={ServerIcon} title={state === undefined ? t('hosts.none_found') : t('hosts.none_fits')} />}
                {data && data.total > shownMax && <p className="calm-quiet calm-count">{t('hosts.more', {shown: shownMax, total: data.total})}</p>}
            </PageSection>
            {query.get('enrol') && may('operate') && <Enrol status={status.data} close={() => setQuery({enrol: undefined})} />}
            {asked?.what === 'mode' && <SetMode host={asked.host} close={close} done={reload} />}
            {asked?.what === 'console' && <ConsoleMode hosts={[asked.host]} chosen={asked.host} close={close} done={reload} />}
            {asked?.what === 'remove' && <Remove host={asked.host} close={close} done={reload} />}
        </>
    );
}
