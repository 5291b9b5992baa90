// Devices: those that look like one with a CAL and wait for a decision, and the names that are one machine.
import {Alert, Button, FormGroup, FormHelperText, HelperText, HelperTextItem, PageSection, SearchInput, TextInput} from '@patternfly/react-core';
import LaptopIcon from '@patternfly/react-icons/dist/esm/icons/laptop-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useRef, useState} from 'react';
import {type Devices, type NamedDevice, post} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {Dialog, useFocusWhenDone} from '../parts/dialog';
import {type RowAction, RowActions} from '../parts/row_actions';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Link, useQuery} from '../router';
import {t, tn} from '../texts';
import {dateTime} from '../time';

const shownMax = 100;

interface Pair {
    device: NamedDevice;
    other: NamedDevice; // what it looks like, or the machine that it is
    since?: string;
}

type What = 'join' | 'accept' | 'separate';

const named = (device: NamedDevice) => device.name ?? t('devices.forgotten', {subject: String(device.subject)});

// Two devices are one machine: asked of a look-alike, or of any two.
function Join({pair, close, done}: {pair?: Pair; close: () => void; done: (told: string) => Promise<unknown>}) {
    const [device, setDevice] = useState(pair?.other.name ?? '');
    const [other, setOther] = useState(pair?.device.name ?? '');
    const field = (id: string, label: string, help: string, value: string, set: (value: string) => void, first: boolean) => (
        <FormGroup label={label} isRequired fieldId={id} className={first ? undefined : 'calm-gap'}>
            <TextInput id={id} isRequired autoFocus={first} spellCheck="false" autoComplete="off" aria-describedby={`${id}-help`} value={value} onChange={(_, text) => set(text)} />
            <FormHelperText>
                <HelperText id={`${id}-help`}>
                    <HelperTextItem>{help}</HelperTextItem>
                </HelperText>
            </FormHelperText>
        </FormGroup>
    );
    return (
        <Dialog
            title={pair ? t('devices.join_title', {device: other, machine: device}) : t('devices.join')}
            does={pair ? t('devices.same') : t('devices.join')}
            ready={device.trim() !== '' && other.trim() !== ''}
            close={close}
            act={async () => {
                await post('/v1/devices/merge', {device: device.trim(), other: other.trim()});
                await done(t('devices.joined', {device: other.trim(), machine: device.trim()}));
            }}
        >
            {pair && <p>{t('devices.join_lead', {device: other, machine: device})}</p>}
            {!pair && field('join-device', t('devices.stays'), t('devices.stays_help'), device, setDevice, true)}
            {!pair && field('join-other', t('devices.other'), t('devices.other_help'), other, setOther, false)}
        </Dialog>
    );
}

function Decide({what, pair, close, done}: {what: 'accept' | 'separate'; pair: Pair; close: () => void; done: (told: string) => Promise<unknown>}) {
    const device = named(pair.device);
    return (
        <Dialog
            title={t(`devices.ask.${what}`, {device, machine: named(pair.other)})}
            does={what === 'accept' ? t('devices.own') : t('devices.separate')}
            close={close}
            act={async () => {
                await post(`/v1/devices/${what}`, {device: pair.device.name});
                await done(t(`devices.told.${what}`, {device}));
            }}
        >
            <p>{t(`devices.comes.${what}`, {device, machine: named(pair.other)})}</p>
        </Dialog>
    );
}

function Name({device}: {device: NamedDevice}) {
    return device.name === undefined ? <>{named(device)}</> : <Link to={`/console/holders?holder=${encodeURIComponent(device.name)}`}>{device.name}</Link>;
}

function Pairs({id, title, lead, otherTitle, pairs, actions}: {id: string; title: string; lead: string; otherTitle: string; pairs: Pair[]; actions: (pair: Pair) => RowAction[]}) {
    const {may} = usePerson();
    const dated = pairs.some((each) => each.since !== undefined);
    if (pairs.length === 0) return null;
    return (
        <>
            <h2 className="calm-section" id={id}>
                {title}
            </h2>
            <p className="calm-quiet">{lead}</p>
            <Table aria-labelledby={id} variant="compact" gridBreakPoint="grid-md">
                <Thead>
                    <Tr>
                        <Th>{t('devices.device')}</Th>
                        <Th>{otherTitle}</Th>
                        {dated && <Th>{t('fact.since')}</Th>}
                        {may('operate') && <Th screenReaderText={t('fact.actions')} />}
                    </Tr>
                </Thead>
                <Tbody>
                    {pairs.slice(0, shownMax).map((pair) => (
                        <Tr key={pair.device.subject}>
                            <Td dataLabel={t('devices.device')} modifier="breakWord">
                                <Name device={pair.device} />
                            </Td>
                            <Td dataLabel={otherTitle} modifier="breakWord">
                                <Name device={pair.other} />
                            </Td>
                            {dated && <Td dataLabel={t('fact.since')}>{pair.since && dateTime(pair.since)}</Td>}
                            {may('operate') && (
                                <Td isActionCell>
                                    <RowActions label={t('devices.actions', {device: named(pair.device)})} actions={actions(pair)} />
                                </Td>
                            )}
                        </Tr>
                    ))}
                </Tbody>
            </Table>
            <p className="calm-quiet calm-count">{pairs.length > shownMax ? t('devices.more', {shown: shownMax, total: pairs.length}) : tn('devices.count', pairs.length)}</p>
        </>
    );
}

export function DevicesPage() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const {data, problem, reload} = useData<Devices>('/v1/devices');
    const [asked, setAsked] = useState<{what: What; pair: Pair}>();
    const [told, setTold] = useState('');
    const notice = useRef<HTMLDivElement>(null);
    const joins = query.get('join') !== null && may('operate');
    const focusNotice = useFocusWhenDone(asked !== undefined || joins, notice);
    const search = (query.get('search') ?? '').toLowerCase();
    const fits = (pair: Pair) => [pair.device, pair.other].some((each) => named(each).toLowerCase().includes(search));
    const alike = (data?.look_alikes ?? []).map(({device, like, since}): Pair => ({device, other: like, since})).filter(fits);
    const names = (data?.names ?? []).map(({device, machine}): Pair => ({device, other: machine})).filter(fits);
    const any = data !== undefined && data.look_alikes.length + data.names.length > 0;
    const close = () => setAsked(undefined);
    const done = async (words: string) => {
        focusNotice();
        await reload();
        setTold(words);
    };
    // The API knows devices by their names: what is forgotten cannot be asked for.
    const action = (what: What, title: string, pair: Pair) => ({title, disabled: pair.device.name === undefined || (what === 'join' && pair.other.name === undefined), act: () => setAsked({what, pair})});
    const join = may('operate') && (
        <Button variant="secondary" onClick={() => setQuery({join: '1'})}>
            {t('devices.join')}
        </Button>
    );
    return (
        <>
            <PageHead title={t('devices.title')} lead={t('devices.lead')} learn="concepts/one-machine" actions={join} />
            <PageSection>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && <Stale problem={problem} retry={reload} />}
                <div ref={notice} tabIndex={-1} aria-live="polite" className="calm-notice">
                    {told && <Alert component="p" variant="success" isInline title={told} />}
                </div>
                {data && !any && <Nothing icon={LaptopIcon} title={t('devices.none')} body={t('devices.none_body')} />}
                {any && (
                    <div className="calm-filters" role="search">
                        <SearchInput className="calm-search" aria-label={t('devices.search')} placeholder={t('devices.search')} value={query.get('search') ?? ''} resetButtonLabel={t('action.clear')} onChange={(_, value) => setQuery({search: value || undefined}, true)} onClear={() => setQuery({search: undefined}, true)} />
                    </div>
                )}
                {any && alike.length + names.length === 0 && <Nothing icon={LaptopIcon} title={t('devices.none_found')} />}
                <Pairs
                    id="alike-title"
                    title={t('devices.alike')}
                    lead={t('devices.alike_lead')}
                    otherTitle={t('devices.like')}
                    pairs={alike}
                    actions={(pair) => [action('join', t('devices.same'), pair), action('accept', t('devices.own'), pair)]}
                />
                <Pairs
                    id="names-title"
                    title={t('devices.names')}
                    lead={t('devices.names_lead')}
                    otherTitle={t('devices.machine')}
                    pairs={names}
                    actions={(pair) => [action('separate', t('devices.separate'), pair)]}
                />
            </PageSection>
            {asked?.what === 'join' && <Join pair={asked.pair} close={close} done={done} />}
            {asked && asked.what !== 'join' && <Decide what={asked.what} pair={asked.pair} close={close} done={done} />}
            {joins && <Join close={() => setQuery({join: undefined})} done={done} />}
        </>
    );
}
