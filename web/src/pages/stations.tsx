// Stations: the places to work at a host, and the CAL that each of them is admitted with; rename, move, remove;
// a host's console mode.
import {Alert, AlertActionLink, Button, FormGroup, FormHelperText, FormSelect, FormSelectOption, HelperText, HelperTextItem, Label, PageSection, SearchInput, TextInput} from '@patternfly/react-core';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useMemo, useState} from 'react';
import {type Cal, change, type Host, post, remove, type Station} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {ConsoleMode} from '../parts/console_mode';
import {Dialog} from '../parts/dialog';
import {FilterSelect} from '../parts/filter_select';
import {RowActions} from '../parts/row_actions';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Link, useQuery} from '../router';
import {fits, inOrder, stationFilters} from '../stations';
import {language, t, tn, word} from '../texts';
import {date} from '../time';

const kinds = ['local', 'remote', 'virtual_desktop', 'console'] as const;
const shownMax = 100;

function Filters({stations}: {stations: Station[]}) {
    const [query, setQuery] = useQuery();
    const hosts = [...new Map(stations.map((each) => [each.host, each.host_name]))].sort((a, b) => a[1].localeCompare(b[1]));
    const select = (name: 'host' | 'kind' | 'cal', all: string, options: [string, string][]) => (
        <FilterSelect label={all} all={all} value={query.get(name)} options={options} choose={(value) => setQuery({[name]: value}, true)} />
    );
    return (
        <div className="calm-filters" role="search">
            <SearchInput
                className="calm-search"
                aria-label={t('stations.search')}
                placeholder={t('stations.search')}
                value={query.get('search') ?? ''}
                resetButtonLabel={t('action.clear')}
                onChange={(_, value) => setQuery({search: value || undefined}, true)}
                onClear={() => setQuery({search: undefined}, true)}
            />
            {select('host', t('stations.all_hosts'), hosts.map(([id, name]) => [String(id), name]))}
            {select('kind', t('stations.all_kinds'), kinds.map((each) => [each, word('station_kind', each)]))}
            {select('cal', t('stations.all_cals'), [['with', t('stations.with_cal')], ['without', t('stations.without_cal')]])}
        </div>
    );
}

// A new station, or one that gets another name, host or kind.
function Edit({station, stations, hosts, close, done}: {station?: Station; stations: Station[]; hosts: Host[]; close: () => void; done: (station: Station) => unknown}) {
    const [name, setName] = useState(station?.name ?? '');
    const [host, setHost] = useState(station?.host ?? hosts[0]?.host ?? 0);
    const [kind, setKind] = useState<Station['kind']>(station?.kind ?? 'local');
    const [shows, setShows] = useState(station?.shows ?? 0);
    const desktops = stations.filter((each) => each.kind === 'virtual_desktop' && each.host === host && each.station !== station?.station);
    const mayShow = kind === 'local' || kind === 'remote';
    const desktop = mayShow ? desktops.find((each) => each.station === shows) : undefined;
    const save = async () => {
        const wanted = {name: name.trim(), host: hosts.find((each) => each.host === host)?.name ?? String(host), kind, shows: desktop?.name ?? ''};
        done(station ? await change<Station>(`/v1/stations/${station.station}`, wanted) : await post<Station>('/v1/stations', wanted));
    };
    return (
        <Dialog
            title={station ? t('stations.change_title', {station: station.name}) : t('stations.add')}
            lead={station && t('stations.change_lead')}
            does={station ? t('action.save') : t('stations.add')}
            ready={name.trim() !== '' && host !== 0}
            close={close}
            act={save}
        >
            <FormGroup label={t('stations.name')} isRequired fieldId="station-name">
                <TextInput id="station-name" isRequired autoFocus spellCheck="false" value={name} onChange={(_, value) => setName(value)} />
            </FormGroup>
            <FormGroup label={t('fact.host')} fieldId="station-host" className="calm-gap">
                <FormSelect id="station-host" value={String(host)} onChange={(_, value) => setHost(Number(value))}>
                    {hosts.map((each) => (
                        <FormSelectOption key={each.host} value={String(each.host)} label={each.name} />
                    ))}
                </FormSelect>
            </FormGroup>
            <FormGroup label={t('fact.kind')} fieldId="station-kind" className="calm-gap">
                <FormSelect id="station-kind" value={kind} aria-describedby="station-kind-help" onChange={(_, value) => setKind(value as Station['kind'])}>
                    {kinds.map((each) => (
                        <FormSelectOption key={each} value={each} label={word('station_kind', each)} />
                    ))}
                </FormSelect>
                <FormHelperText>
                    <HelperText id="station-kind-help">
                        <HelperTextItem>{word('station_kind_help', kind)}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
            {mayShow && desktops.length > 0 && (
                <FormGroup label={t('stations.shows_what')} fieldId="station-shows" className="calm-gap">
                    <FormSelect id="station-shows" value={String(desktop?.station ?? 0)} aria-describedby="station-shows-help" onChange={(_, value) => setShows(Number(value))}>
                        <FormSelectOption value="0" label={t('stations.shows_nothing')} />
                        {desktops.map((each) => (
                            <FormSelectOption key={each.station} value={String(each.station)} label={each.name} />
                        ))}
                    </FormSelect>
                    <FormHelperText>
                        <HelperText id="station-shows-help">
                            <HelperTextItem>{t('stations.shows_help')}</HelperTextItem>
                        </HelperText>
                    </FormHelperText>
                </FormGroup>
            )}
        </Dialog>
    );
}

function Remove({station, close, done}: {station: Station; close: () => void; done: () => unknown}) {
    return (
        <Dialog
            danger
            title={t('stations.remove_title', {station: station.name})}
            does={t('action.remove')}
            close={close}
            act={async () => {
                await remove(`/v1/stations/${station.station}`);
                await done();
            }}
        >
            <p>{t('stations.remove_body')}</p>
        </Dialog>
    );
}

// A CAL by which a station is admitted: what for and until when, as soon as that is known.
function Held({cal}: {cal: number}) {
    const {data} = useData<Cal>(`/v1/cals/${cal}`, 0);
    return (
        <li>
            <Link to={`/console/holders?cal=${cal}`}>{data?.product ?? t('stations.cal', {cal: String(cal)})}</Link>
            {data && <span className="calm-quiet"> {t('stations.until', {until: date(data.expires_at)})}</span>}{' '}
            {data?.overuse && (
                <Label isCompact color="orange">
                    {t('cal.overuse')}
                </Label>
            )}
        </li>
    );
}

type What = 'change' | 'remove' | 'mode';

function StationTable({stations, names, hosts, ask}: {stations: Station[]; names: Map<number, string>; hosts: Map<number, Host>; ask: (what: What, station: Station) => void}) {
    const {may} = usePerson();
    return (
        <Table aria-label={t('stations.title')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th>{t('stations.station')}</Th>
                    <Th>{t('fact.host')}</Th>
                    <Th>{t('fact.kind')}</Th>
                    <Th>{t('stations.cals')}</Th>
                    {may('operate') && <Th screenReaderText={t('fact.actions')} />}
                </Tr>
            </Thead>
            <Tbody>
                {stations.map((station) => {
                    const on = hosts.get(station.host)?.console_mode === true;
                    return (
                        <Tr key={station.station}>
                            <Td dataLabel={t('stations.station')} modifier="breakWord">
                                {station.name}
                            </Td>
                            <Td dataLabel={t('fact.host')} modifier="breakWord">
                                {station.host_name} {on && <Label isCompact color="orange">{t('hosts.console_mode')}</Label>}
                            </Td>
                            <Td dataLabel={t('fact.kind')} modifier="breakWord">
                                {word('station_kind', station.kind)}
                                {station.shows !== undefined && <span className="calm-quiet"> · {t('stations.shows', {desktop: names.get(station.shows) ?? String(station.shows)})}</span>}
                            </Td>
                            <Td dataLabel={t('stations.cals')} modifier="breakWord">
                                {station.cals.length === 0 ? (
                                    <Label isCompact color="orange">
                                        {t('stations.no_cal')}
                                    </Label>
                                ) : (
                                    <ul className="calm-plain calm-tight">
                                        {station.cals.map((cal) => (
                                            <Held key={cal} cal={cal} />
                                        ))}
                                    </ul>
                                )}
                            </Td>
                            {may('operate') && (
                                <Td isActionCell>
                                    <RowActions
                                        label={t('stations.actions', {station: station.name})}
                                        actions={[
                                            {title: t('stations.change'), act: () => ask('change', station)},
                                            {title: on ? t('stations.to_station_mode') : t('stations.to_console_mode'), act: () => ask('mode', station)},
                                            {title: t('action.remove'), last: true, act: () => ask('remove', station)},
                                        ]}
                                    />
                                </Td>
                            )}
                        </Tr>
                    );
                })}
            </Tbody>
        </Table>
    );
}

// Hosts whose stations are out of use now, and the way back.
function InConsoleMode({hosts, back}: {hosts: Host[]; back: (host: Host) => void}) {
    const {may} = usePerson();
    return hosts.map((host) => (
        <Alert
            key={host.host}
            component="p"
            variant="warning"
            isInline
            className="calm-stale"
            title={t('stations.in_console_mode', {host: host.name})}
            actionLinks={may('operate') && <AlertActionLink onClick={() => back(host)}>{t('stations.to_station_mode')}</AlertActionLink>}
        />
    ));
}

export function Stations() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const {data, problem, reload} = useData<{stations: Station[]}>('/v1/stations', 15_000);
    const hosts = useData<{hosts: Host[]}>('/v1/hosts', 15_000);
    const [asked, setAsked] = useState<{what: What; station: Station}>();
    const [back, setBack] = useState<Host>();
    const [told, setTold] = useState('');
    const stations = useMemo(() => data && inOrder(data.stations, language()), [data]);
    const all = hosts.data?.hosts ?? [];
    const filters = stationFilters(query);
    const found = stations?.filter((each) => fits(each, filters));
    const close = () => setAsked(undefined);
    const saved = (words: string) => {
        setTold(words);
        return Promise.all([reload(), hosts.reload()]);
    };
    const named = (station: Station) => saved(t('stations.changed', {station: station.name}));
    const switched = (host: Host) => saved(host.console_mode ? t('stations.in_console_mode', {host: host.name}) : t('stations.station_lead'));
    const add = may('operate') && all.length > 0 && <Button onClick={() => setQuery({add: '1'})}>{t('stations.add')}</Button>;
    const withStations = all.filter((host) => stations?.some((each) => each.host === host.host));
    const candidates = withStations.length > 0 ? withStations : all;
    return (
        <>
            <PageHead
                title={t('stations.title')}
                lead={t('stations.lead')}
                learn="concepts/stations"
                actions={
                    <>
                        {add}
                        {may('operate') && all.length > 0 && (
                            <Button variant="secondary" onClick={() => setQuery({mode: '1'})}>
                                {t('task.console_mode')}
                            </Button>
                        )}
                    </>
                }
            />
            <PageSection>
                {!found && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {found && <Stale problem={problem ?? hosts.problem} retry={reload} />}
                <InConsoleMode hosts={all.filter((each) => each.console_mode)} back={setBack} />
                {stations && stations.length > 0 && <Filters stations={stations} />}
                {stations?.length === 0 && <Nothing icon={DesktopIcon} title={t('stations.none')} body={t('stations.none_body')} actions={add} />}
                {stations && stations.length > 0 && found?.length === 0 && <Nothing icon={DesktopIcon} title={t('stations.none_found')} body={t('stations.none_found_body')} />}
                {stations && found && found.length > 0 && (
                    <>
                        <StationTable
                            stations={found.slice(0, shownMax)}
                            names={new Map(stations.map((each) => [each.station, each.name]))}
                            hosts={new Map(all.map((each) => [each.host, each]))}
                            ask={(what, station) => setAsked({what, station})}
                        />
                        <p className="calm-quiet calm-count">{found.length > shownMax ? t('stations.more', {shown: shownMax, total: found.length}) : tn('stations.count', found.length)}</p>
                    </>
                )}
                <p role="status" className="calm-quiet">
                    {told}
                </p>
            </PageSection>
            {query.get('add') && may('operate') && all.length > 0 && stations && <Edit stations={stations} hosts={all} close={() => setQuery({add: undefined})} done={named} />}
            {asked?.what === 'change' && <Edit station={asked.station} stations={stations ?? []} hosts={all} close={close} done={named} />}
            {asked?.what === 'remove' && <Remove station={asked.station} close={close} done={() => saved(t('stations.removed', {station: asked.station.name}))} />}
            {asked?.what === 'mode' && <ConsoleMode hosts={candidates} chosen={all.find((each) => each.host === asked.station.host)} close={close} done={switched} />}
            {query.get('mode') && may('operate') && stations && candidates.length > 0 && <ConsoleMode hosts={candidates} close={() => setQuery({mode: undefined})} done={switched} />}
            {back && <ConsoleMode hosts={[back]} chosen={back} close={() => setBack(undefined)} done={switched} />}
        </>
    );
}
