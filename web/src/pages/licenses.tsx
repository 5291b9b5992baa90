// Licenses: the pools, who waits for their seats, and the packs that they are made of.
import {Alert, Button, Card, CardBody, CardHeader, CardTitle, Checkbox, Content, FormGroup, Label, NumberInput, PageSection, Radio} from '@patternfly/react-core';
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/key-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useEffect, useRef, useState} from 'react';
import {type Host, idempotencyKey, type Pack, post, Problem, remove, type Vendor, type Waiting} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import type {MovedPack, PackHere} from '../moving';
import {allows, metricOf, type Pool, poolsOf} from '../packs';
import {Dialog, useFocusWhenDone} from '../parts/dialog';
import {Meter} from '../parts/facts';
import {FilterSelect} from '../parts/filter_select';
import {Over} from '../parts/history';
import {Moved, MovePack} from '../parts/move_pack';
import {GiveToHost, KeepSeats} from '../parts/pack_seats';
import {type RowAction, RowActions} from '../parts/row_actions';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Line} from '../parts/waiting';
import {go, Link, useQuery} from '../router';
import {t, tn, word} from '../texts';
import {date} from '../time';

const stateColor = {usable: 'green', expired: 'grey', removed: 'grey', not_yet_valid: 'blue', revoked: 'red', not_activated: 'orange'} as const;

// Those who wait in line wait for the concurrent seats of their pool.
const waitFor = (pool: Pool, waiting: Waiting[]) => (pool.metric === 'concurrent' ? waiting.filter((each) => each.product === pool.product && each.kind === pool.kind).length : 0);

function Pools({packs, waiting}: {packs: Pack[]; waiting: Waiting[]}) {
    return (
        <div className="calm-cards">
            {poolsOf(packs).map((pool) => (
                <Card key={`${pool.product} ${pool.kind} ${pool.metric}`} isCompact>
                    <CardHeader>
                        <CardTitle component="h3">{pool.product}</CardTitle>
                    </CardHeader>
                    <CardBody>
                        <p className="calm-quiet">{pool.metric === 'named' ? word('kind', pool.kind) : `${word('kind', pool.kind)}, ${word('metric', pool.metric)}`}</p>
                        <Meter used={pool.used} owned={pool.owned} label={t('pool.of', {product: pool.product})} />
                        {waitFor(pool, waiting) > 0 && (
                            <Label isCompact color="orange" className="calm-gap">
                                {tn('line.count', waitFor(pool, waiting))}
                            </Label>
                        )}
                    </CardBody>
                </Card>
            ))}
        </div>
    );
}

// Used and free of one pool: its kind of CAL, however the seats are counted.
function PoolHistory({packs}: {packs: Pack[]}) {
    const [query, setQuery] = useQuery();
    const pools = [...new Map(poolsOf(packs).map((each) => [`${each.product} ${each.kind}`, each])).entries()];
    const fullest = [...pools].sort(([, a], [, b]) => b.used - a.used)[0];
    const [chosen, pool] = pools.find(([key]) => key === query.get('pool')) ?? fullest ?? [];
    if (!pool) return null;
    return (
        <Over
            id="history-title"
            title={t('history.licenses_title')}
            lead={t('history.licenses_lead')}
            measures={['held', 'owned']}
            columns={['free']}
            product={pool.product}
            kind={pool.kind}
            filter={<FilterSelect label={t('history.pool')} value={chosen} options={pools.map(([key, each]) => [key, `${each.product} ${word('kind', each.kind)}`])} choose={(value) => setQuery({pool: value}, true)} />}
        />
    );
}

function Remove({pack, close, done}: {pack: Pack; close: () => void; done: () => unknown}) {
    const [sure, setSure] = useState(false);
    return (
        <Dialog
            danger
            title={t('licenses.remove_title', {pack: pack.pack})}
            does={t('action.remove')}
            ready={sure && pack.used === 0}
            close={close}
            act={async () => {
                await remove(`/v1/packs/${pack.pack}`);
                await done();
            }}
        >
            <Content component="p">{tn('licenses.remove_body', pack.quantity, {product: pack.product})}</Content>
            {pack.used > 0 ? <Content component="p">{tn('licenses.remove_in_use', pack.used)}</Content> : <Checkbox id="sure" label={t('licenses.remove_sure')} isChecked={sure} onChange={(_, value) => setSure(value)} />}
        </Dialog>
    );
}

// Which pack goes, for whoever comes from Home.
function ChooseToRemove({packs, choose, close}: {packs: PackHere[]; choose: (pack: Pack) => void; close: () => void}) {
    const removable = packs.filter((each) => each.used === 0);
    const [pack, setPack] = useState(removable[0]);
    const none = removable.length === 0;
    return (
        <Dialog
            title={t('task.remove_licenses')}
            lead={none ? undefined : t('licenses.remove_which')}
            does={none ? t('action.done') : t('people.go_on')}
            told={none}
            close={() => undefined}
            cancel={close}
            act={async () => (pack ? choose(pack) : close())}
        >
            {none && <p>{packs.length === 0 ? t('licenses.none') : t('licenses.remove_none')}</p>}
            <div role="radiogroup" aria-label={t('fact.pack')} className="calm-radios">
                {packs.map((each) => (
                    <Radio key={each.pack} id={`remove-${each.pack}`} name="remove" label={t('licenses.pack_of', {pack: each.pack, product: each.product})} description={each.used > 0 ? tn('licenses.remove_in_use', each.used) : allows(each)} isDisabled={each.used > 0} isChecked={pack?.pack === each.pack} onChange={() => setPack(each)} />
                ))}
            </div>
        </Dialog>
    );
}

interface Conversion {
    product: string;
    kind: 'per_user' | 'per_device';
    quantity: number;
}

// What would come of it is asked of the server before anybody can say yes.
function Convert({pack, close, done}: {pack: Pack; close: () => void; done: () => unknown}) {
    const [quantity, setQuantity] = useState(pack.free);
    const [dry, setDry] = useState<Conversion>();
    const [problem, setProblem] = useState<Problem>();
    const [key] = useState(idempotencyKey);
    useEffect(() => {
        setDry(undefined);
        let current = true;
        post<Conversion>(`/v1/packs/${pack.pack}/convert?dry_run=yes`, {quantity}).then(
            (found) => {
                if (!current) return;
                setDry(found);
                setProblem(undefined);
            },
            (error: unknown) => current && setProblem(error instanceof Problem ? error : undefined),
        );
        return () => {
            current = false;
        };
    }, [pack.pack, quantity]);
    const size = (value: number) => setQuantity(Math.max(1, Math.min(pack.free, Math.round(value) || 1)));
    return (
        <Dialog
            title={t('licenses.convert_title', {pack: pack.pack})}
            lead={t('licenses.convert_lead')}
            does={t('licenses.convert')}
            ready={dry !== undefined}
            close={close}
            act={async () => {
                await post(`/v1/packs/${pack.pack}/convert`, {quantity}, {headers: {'Idempotency-Key': key}});
                await done();
            }}
        >
            <FormGroup label={t('licenses.convert_how_many')} fieldId="how-many">
                <NumberInput
                    id="how-many"
                    value={quantity}
                    min={1}
                    max={pack.free}
                    inputAriaLabel={t('licenses.convert_how_many')}
                    minusBtnAriaLabel={t('add.fewer')}
                    plusBtnAriaLabel={t('add.more')}
                    onMinus={() => size(quantity - 1)}
                    onPlus={() => size(quantity + 1)}
                    onChange={(event) => size(Number((event.target as HTMLInputElement).value))}
                />
            </FormGroup>
            <div aria-live="polite" className="calm-gap">
                {problem && <ProblemNotice problem={problem} />}
                {dry && <Content component="p">{`${tn('licenses.convert_gives', dry.quantity, {product: dry.product, kind: word('kind', dry.kind)})} ${tn('licenses.convert_left', pack.quantity - dry.quantity)}`}</Content>}
            </div>
        </Dialog>
    );
}

function PackTable({packs, hostName, actions}: {packs: PackHere[]; hostName: (pack: Pack) => string | undefined; actions: (pack: PackHere) => RowAction[]}) {
    const {may} = usePerson();
    return (
        <Table aria-labelledby="packs-title" variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th>{t('fact.pack')}</Th>
                    <Th>{t('licenses.allows')}</Th>
                    <Th>{t('fact.metric')}</Th>
                    <Th>{t('fact.free')}</Th>
                    <Th>{t('fact.channel')}</Th>
                    <Th>{t('fact.expires')}</Th>
                    <Th>{t('fact.state')}</Th>
                    {may('operate') && <Th screenReaderText={t('fact.actions')} />}
                </Tr>
            </Thead>
            <Tbody>
                {packs.map((pack) => (
                    <Tr key={pack.pack}>
                        <Td dataLabel={t('fact.pack')}>{pack.pack}</Td>
                        <Td dataLabel={t('licenses.allows')} modifier="breakWord">
                            {allows(pack, hostName(pack))}
                            {pack.maintained_until !== undefined && <div>{t('licenses.maintained', {until: date(pack.maintained_until), product: pack.reaches ?? pack.product})}</div>}
                            {pack.activation && <div>{t('licenses.asks_activation')}</div>}
                            {pack.renewal !== undefined && <div>{tn('licenses.renewed', pack.renewal)}</div>}
                            {pack.moved_from && <div className="calm-breaks">{t(`moving.from.${pack.moved_from.source}`, {server: pack.moved_from.server})}</div>}
                            {pack.reserved?.map((each) => <div key={each.group}>{`${tn('licenses.reserved', each.seats, {group: each.group})} ${tn('licenses.reserved_used', each.used)}`}</div>)}
                        </Td>
                        <Td dataLabel={t('fact.metric')}>{word('metric', metricOf(pack))}</Td>
                        <Td dataLabel={t('fact.free')} className="calm-nowrap-wide">
                            {t('pool.free_of', {free: pack.free, quantity: pack.quantity})}
                            {pack.overdraft !== undefined && <div>{t('licenses.overdrawn', {overdrawn: pack.overdrawn ?? 0, overdraft: pack.overdraft})}</div>}
                        </Td>
                        <Td dataLabel={t('fact.channel')}>
                            {pack.declared ? t('licenses.declared') : word('channel', pack.channel)}
                            {pack.agreement_number !== undefined && <div>{`${word('program', pack.agreement_program)} ${pack.agreement_number}`}</div>}
                        </Td>
                        <Td dataLabel={t('fact.expires')}>{pack.expires_at ? date(pack.expires_at) : t('time.never')}</Td>
                        <Td dataLabel={t('fact.state')}>
                            <Label isCompact color={stateColor[pack.state]}>
                                {word('pack_state', pack.state)}
                            </Label>
                            {pack.state === 'not_activated' && may('license') && (
                                <div>
                                    <Link to="/console/activation">{t('licenses.activate')}</Link>
                                </div>
                            )}
                        </Td>
                        {may('operate') && (
                            <Td isActionCell>
                                <RowActions label={t('licenses.actions', {pack: pack.pack})} actions={actions(pack)} />
                            </Td>
                        )}
                    </Tr>
                ))}
            </Tbody>
        </Table>
    );
}

const questions = ['remove', 'convert', 'move', 'keep', 'give'] as const;
type Question = (typeof questions)[number];

// What is asked about which pack stands in the address.
function useQuestion(packs: PackHere[] | undefined) {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const what = questions.find((each) => each === query.get('ask'));
    // A pack that moves is there no more before its file is.
    const last = useRef<PackHere>();
    const is = (each: PackHere) => String(each.pack) === query.get('pack');
    const pack = packs?.find(is) ?? (last.current && is(last.current) ? last.current : undefined);
    last.current = pack;
    const asked = what && pack && may(what === 'keep' || what === 'give' ? 'operate' : 'license') ? {what, pack} : undefined;
    return {
        asked,
        choosing: what === 'remove' && !query.has('pack') && packs !== undefined && may('license'),
        ask: (about: Question, of: Pack) => setQuery({ask: about, pack: String(of.pack)}),
        close: () => setQuery({ask: undefined, pack: undefined}),
    };
}

// Seats are kept for those who hold CALs.
const isKept = (pack: Pack) => pack.kind === 'per_user' || pack.kind === 'per_device';

export function Licenses() {
    const {may} = usePerson();
    const {data, problem, reload} = useData<{packs: PackHere[]; moved?: MovedPack[]}>('/v1/packs');
    const vendors = useData<{vendors: Vendor[]}>('/v1/vendors', 0);
    const packs = data?.packs;
    const {asked, choosing, ask, close} = useQuestion(packs);
    const [told, setTold] = useState('');
    const notice = useRef<HTMLDivElement>(null);
    const focusNotice = useFocusWhenDone(asked !== undefined, notice);
    const line = useData<{waiting: Waiting[]}>(packs?.some((each) => each.metric === 'concurrent') ? '/v1/queue' : undefined);
    const waiting = line.data?.waiting ?? [];
    const hosts = useData<{hosts: Host[]}>(packs?.some((each) => each.host !== undefined) ? '/v1/hosts' : undefined, 0);
    const hostName = (pack: Pack) => (pack.host === undefined ? undefined : (hosts.data?.hosts.find((each) => each.host === pack.host)?.name ?? String(pack.host)));
    const done = async (words: string) => {
        focusNotice();
        await Promise.all([reload(), hosts.reload()]);
        setTold(words);
    };

    const actions = (pack: PackHere): RowAction[] => {
        const out: RowAction[] = [];
        const add = (right: string, action: RowAction) => may(right) && out.push(action);
        const usable = pack.state === 'usable';
        add('license', {title: t('licenses.convert'), disabled: pack.free === 0 || !usable, act: () => ask('convert', pack)});
        if (isKept(pack)) add('operate', {title: t('groups.keep'), disabled: !usable, act: () => ask('keep', pack)});
        if (pack.metric === 'per_server') add('operate', {title: t('give.give'), act: () => ask('give', pack)});
        if (pack.expires_at !== undefined) add('license', {title: t('licenses.renew'), act: () => go(`/console/add?renew=${pack.pack}`)});
        out.push({title: t('licenses.see_holders'), act: () => go(`/console/holders?product=${encodeURIComponent(pack.product)}`)});
        add('license', {title: t('moving.action'), act: () => ask('move', pack)});
        add('license', {title: t('action.remove'), last: true, act: () => ask('remove', pack)});
        return out;
    };

    return (
        <>
            <PageHead title={t('licenses.title')} lead={t('licenses.lead')} learn="concepts/cal" actions={may('license') && <Button onClick={() => go('/console/add')}>{t('add.title')}</Button>} />
            <PageSection>
                {!packs && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {packs && <Stale problem={problem ?? line.problem} retry={reload} />}
                <div ref={notice} tabIndex={-1} aria-live="polite" className="calm-notice">
                    {told && <Alert component="p" variant="success" isInline title={told} />}
                </div>
                {packs?.length === 0 && (
                    <Nothing
                        icon={KeyIcon}
                        title={t('licenses.none')}
                        body={t('licenses.none_body')}
                        actions={may('license') && <Button onClick={() => go('/console/add')}>{t('add.title')}</Button>}
                    />
                )}
                {packs && packs.length > 0 && (
                    <>
                        <h2 className="calm-section">{t('licenses.pools')}</h2>
                        <Pools packs={packs} waiting={waiting} />
                        <Line waiting={waiting} />
                        <h2 className="calm-section" id="packs-title">
                            {t('licenses.packs')}
                        </h2>
                        <PackTable packs={packs} hostName={hostName} actions={actions} />
                    </>
                )}
                <Moved moved={data?.moved ?? []} />
                {packs && packs.length > 0 && <PoolHistory packs={packs} />}
                {vendors.data && vendors.data.vendors.length > 0 && (
                    <>
                        <h2 className="calm-section" id="vendors-title">
                            {t('licenses.vendors')}
                        </h2>
                        <Table aria-labelledby="vendors-title" variant="compact" gridBreakPoint="grid-md">
                            <Thead>
                                <Tr>
                                    <Th>{t('fact.vendor')}</Th>
                                    <Th>{t('fact.fingerprint')}</Th>
                                </Tr>
                            </Thead>
                            <Tbody>
                                {vendors.data.vendors.map((each) => (
                                    <Tr key={each.key}>
                                        <Td dataLabel={t('fact.vendor')}>{each.name ?? t('licenses.vendor_unnamed')}</Td>
                                        <Td dataLabel={t('fact.fingerprint')}>
                                            <span className="calm-fingerprint">{each.fingerprint}</span>
                                        </Td>
                                    </Tr>
                                ))}
                            </Tbody>
                        </Table>
                    </>
                )}
            </PageSection>
            {choosing && <ChooseToRemove packs={packs ?? []} choose={(pack) => ask('remove', pack)} close={close} />}
            {asked?.what === 'remove' && <Remove pack={asked.pack} close={close} done={reload} />}
            {asked?.what === 'convert' && <Convert pack={asked.pack} close={close} done={reload} />}
            {asked?.what === 'move' && <MovePack pack={asked.pack} close={close} done={reload} />}
            {asked?.what === 'keep' && <KeepSeats packs={[asked.pack]} close={close} done={done} />}
            {asked?.what === 'give' && <GiveToHost pack={asked.pack} close={close} done={done} />}
        </>
    );
}
